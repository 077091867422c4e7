// Labels of pixels; logits of a pixel, read at full resolution or interpolated between coarse pixels; and the loss of a
// pixel from either. reader[c] returns logit c of one pixel. `Pixels` returns the image and the reader of each fine
// pixel.
#pragma once
#include "interpolation.cuh"
#include "reduction.cuh"
#include "softmax.cuh"
#include "vector.cuh"

#define IGNORED 255

// Kernel parameters for two axes, and the axes made from them.
#define AXES_PARAMETERS                                                                                            \
    unsigned input_h, unsigned output_h, unsigned vertical_magic, unsigned vertical_shift, float vertical_inverse, \
        unsigned input_w, unsigned output_w, unsigned horizontal_magic, unsigned horizontal_shift,                 \
        float horizontal_inverse
#define VERTICAL_AXIS \
    { input_h, output_h, vertical_magic, vertical_shift, vertical_inverse }
#define HORIZONTAL_AXIS \
    { input_w, output_w, horizontal_magic, horizontal_shift, horizontal_inverse }

static __device__ __forceinline__ float not_a_number() {
    return __int_as_float(0x7fffffff);
}

// Interpolates between the four coarse pixels around a fine pixel.
struct Sample {
    const float* __restrict__ logits;
    unsigned top_left;
    unsigned top_right;
    unsigned bottom_left;
    unsigned bottom_right;
    float right;
    float bottom;

    __device__ __forceinline__ float operator[](unsigned c) const {
        return blend(blend(logits[top_left + c], logits[top_right + c], right),
                     blend(logits[bottom_left + c], logits[bottom_right + c], right), bottom);
    }
};

// Pixels whose logits (N, H, W, C) have the size of the mask.
struct FinePixels {
    const float* __restrict__ logits;
    unsigned classes;
    unsigned image_magic;
    unsigned image_shift;

    __device__ __forceinline__ unsigned image(unsigned pixel) const {
        return divide(pixel, image_magic, image_shift);
    }

    __device__ __forceinline__ Row reader(unsigned pixel) const {
        return {logits + pixel * classes};
    }
};

// Pixels whose logits (N, h, w, C) are up-sampled bilinearly.
struct CoarsePixels {
    const float* __restrict__ logits;
    unsigned classes;
    unsigned w_magic;
    unsigned w_shift;
    unsigned h_magic;
    unsigned h_shift;
    unsigned rows;  // of the mask: those of the axes, or fewer
    unsigned columns;
    Axis vertical;
    Axis horizontal;

    __device__ __forceinline__ unsigned image(unsigned pixel) const {
        return divide(divide(pixel, w_magic, w_shift), h_magic, h_shift);
    }

    __device__ __forceinline__ Sample reader(unsigned pixel) const {
        unsigned row = divide(pixel, w_magic, w_shift);
        unsigned image = divide(row, h_magic, h_shift);
        Tap v = tap(row - image * rows, vertical);
        Tap h = tap(pixel - row * columns, horizontal);
        unsigned top = (image * vertical.input + v.low) * horizontal.input;
        unsigned bottom = (image * vertical.input + v.high) * horizontal.input;
        return {logits,
                (top + h.low) * classes,
                (top + h.high) * classes,
                (bottom + h.low) * classes,
                (bottom + h.high) * classes,
                h.weight,
                v.weight};
    }
};

// The probability of a class. kept: the maximum logit and 1 / the sum of exp(logit - maximum).
static __device__ __forceinline__ float probability(float logit, float2 kept) {
    return exponential(logit - kept.x) * kept.y;
}

// The derivative of a pixel's cross-entropy by one logit.
static __device__ __forceinline__ float cross_entropy_slope(float logit, float2 kept, bool target) {
    float p = probability(logit, kept);
    return target ? p - 1.0f : p;
}

// One thread for each pixel of the mask. For each pixel that is not ignored, `softmax` receives the maximum logit and 1
// / the sum of exp(logit - maximum); each block writes its weighted loss and its number of pixels that are not ignored.
// A label that is not a class makes the loss NaN.
template <typename Pixels>
static __device__ __forceinline__ void cross_entropy(const Pixels& at, const unsigned char* __restrict__ mask,
                                                     const float* __restrict__ weights, float2* __restrict__ softmax,
                                                     float* __restrict__ losses, int* __restrict__ counts,
                                                     unsigned pixels, unsigned classes) {
    __shared__ float lossScratch[THREADS];
    __shared__ int countScratch[THREADS];
    unsigned pixel = blockIdx.x * THREADS + threadIdx.x;
    float loss = 0.0f;
    int count = 0;
    if (pixel < pixels) {
        unsigned label = mask[pixel];
        float weight = weights[2 * at.image(pixel) + 1];
        float2 kept = make_float2(0.0f, 0.0f);
        if (label != IGNORED && weight > 0.0f) {
            auto logits = at.reader(pixel);
            float maximum = best_class(logits, classes).logit;
            float sum = sum_of_exponentials(logits, classes, maximum);
            float target = label < classes ? logits[label] : not_a_number();
            kept = make_float2(maximum, 1.0f / sum);
            loss = weight * (logf(sum) - (target - maximum));
            count = 1;
        }
        softmax[pixel] = kept;
    }
    loss = block_sum(loss, lossScratch);
    count = block_sum(count, countScratch);
    if (threadIdx.x == 0) {
        losses[blockIdx.x] = loss;
        counts[blockIdx.x] = count;
    }
}
