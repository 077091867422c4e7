// The upper left part of (N, H, W, C), and its gradient. One thread for each element.
#include "storage.cuh"

template <typename S>
static __device__ __forceinline__ void forward(const S* __restrict__ x, S* __restrict__ y, int n, int channels,
                                               int height, int width, int cropped_height, int cropped_width) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int pixel = i / channels;
    int row = pixel / cropped_width;
    int column = pixel - row * cropped_width;
    int image = row / cropped_height;
    int from = (image * height + row - image * cropped_height) * width + column;
    y[i] = x[from * channels + i - pixel * channels];
}

// Zero outside of the cropped part.
template <typename S>
static __device__ __forceinline__ void backward(const S* __restrict__ dy, S* __restrict__ dx, int n, int channels,
                                                int height, int width, int cropped_height, int cropped_width) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= n) {
        return;
    }
    int pixel = i / channels;
    int rows = pixel / width;
    int column = pixel - rows * width;
    int image = rows / height;
    int row = rows - image * height;
    float value = 0.0f;
    if (row < cropped_height && column < cropped_width) {
        int from = (image * cropped_height + row) * cropped_width + column;
        value = load(dy + from * channels + i - pixel * channels);
    }
    store(dx + i, value);
}

#define CROP(NAME, S)                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
        crop_forward##NAME(const S* __restrict__ x, S* __restrict__ y, int n, int channels, int height, int width,    \
                           int cropped_height, int cropped_width) {                                                   \
        forward(x, y, n, channels, height, width, cropped_height, cropped_width);                                     \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
        crop_backward##NAME(const S* __restrict__ dy, S* __restrict__ dx, int n, int channels, int height, int width, \
                            int cropped_height, int cropped_width) {                                                  \
        backward(dy, dx, n, channels, height, width, cropped_height, cropped_width);                                  \
    }

STORED(CROP)
