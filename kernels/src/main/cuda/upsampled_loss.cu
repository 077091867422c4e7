// Cross-entropy of pixels from coarse logits (N, h, w, C), bilinearly up-sampled to the mask's (N, H, W) inside the
// kernel: the fine logits and their gradient are never stored.
#include "cells.cuh"

extern "C" __global__ void __launch_bounds__(THREADS)
    upsampled_loss_forward(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                           const float* __restrict__ weights, float2* __restrict__ softmax, float* __restrict__ losses,
                           int* __restrict__ counts, unsigned pixels, unsigned classes, unsigned w_magic,
                           unsigned w_shift, unsigned h_magic, unsigned h_shift, AXES_PARAMETERS) {
    CoarsePixels at = {logits,  classes,  w_magic,  w_shift,       h_magic,
                       h_shift, output_h, output_w, VERTICAL_AXIS, HORIZONTAL_AXIS};
    cross_entropy(at, mask, weights, softmax, losses, counts, pixels, classes);
}

struct CrossEntropySlope {
    const float2* __restrict__ softmax;

    __device__ __forceinline__ float operator()(float logit, unsigned pixel, unsigned c, unsigned label) const {
        return cross_entropy_slope(logit, softmax[pixel], c == label);
    }
};

// The contributions of each cell's pixels to the gradient of its corners; see `corners`.
extern "C" __global__ void __launch_bounds__(THREADS)
    upsampled_loss_cells(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                         const float* __restrict__ weights, const float2* __restrict__ softmax,
                         const float* __restrict__ factor, const float* __restrict__ upstream,
                         float* __restrict__ parts, WALK_PARAMETERS, AXES_PARAMETERS) {
    CrossEntropySlope slope = {softmax};
    corners(logits, mask, weights, upstream[0] * factor[0], slope, parts, WALK, VERTICAL_AXIS, HORIZONTAL_AXIS);
}

// One thread for each coarse logit: the sum of the contributions of the cells around it. A logit in the last row or
// column also adds the corners of these cells that lie beyond the edge.
extern "C" __global__ void __launch_bounds__(THREADS)
    upsampled_loss_gather(const float* __restrict__ parts, float* __restrict__ dlogits, unsigned n, unsigned classes,
                          unsigned class_magic, unsigned class_shift, unsigned cell_magic, unsigned cell_shift,
                          unsigned row_magic, unsigned row_shift, unsigned input_h, unsigned input_w) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned cell = divide(t, class_magic, class_shift);
    unsigned row = divide(cell, cell_magic, cell_shift);
    unsigned j = cell - row * input_w;
    unsigned i = row - divide(row, row_magic, row_shift) * input_h;
    const float* at = parts + cell * 4 * classes + (t - cell * classes);
    const float* left = at - 4 * classes;
    const float* above = at - 4 * classes * input_w;
    const float* above_left = above - 4 * classes;
    bool last_column = j + 1 == input_w;
    bool last_row = i + 1 == input_h;
    float sum = at[0];
    sum += last_column ? at[classes] : 0.0f;
    sum += last_row ? at[2 * classes] : 0.0f;
    sum += last_column && last_row ? at[3 * classes] : 0.0f;
    if (j > 0) {
        sum += left[classes];
        sum += last_row ? left[3 * classes] : 0.0f;
    }
    if (i > 0) {
        sum += above[2 * classes];
        sum += last_column ? above[3 * classes] : 0.0f;
        sum += j > 0 ? above_left[3 * classes] : 0.0f;
    }
    dlogits[t] = sum;
}
