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
    const float* __restrict__ top_left;
    const float* __restrict__ top_right;
    const float* __restrict__ bottom_left;
    const float* __restrict__ bottom_right;
    float right;
    float bottom;

    __device__ __forceinline__ float operator[](unsigned c) const {
        return blend(blend(top_left[c], top_right[c], right), blend(bottom_left[c], bottom_right[c], right), bottom);
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
        return {logits + (top + h.low) * classes,
                logits + (top + h.high) * classes,
                logits + (bottom + h.low) * classes,
                logits + (bottom + h.high) * classes,
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

// The maximum logit, the sum of exp(logit - maximum), and the logit of class `label`, NaN where there is no such class.
struct Softmax {
    float maximum;
    float sum;
    float logit;
};

// In one pass over the classes, as each logit may be an interpolation between four: where a logit is the new maximum,
// the sum so far is scaled to it.
template <typename Reader>
static __device__ __forceinline__ Softmax softmax_of(const Reader& logits, unsigned classes, unsigned label) {
    float first = logits[0];
    Softmax s = {first, 1.0f, label == 0 ? first : not_a_number()};
#pragma unroll 1
    for (unsigned c = 1; c < classes; c++) {
        float value = logits[c];
        float above = value - s.maximum;
        float e = exponential(-fabsf(above));
        bool larger = above > 0.0f;
        s.sum = fmaf(s.sum, larger ? e : 1.0f, larger ? 1.0f : e);
        s.maximum = larger ? value : s.maximum;
        s.logit = c == label ? value : s.logit;
    }
    return s;
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
        // Computed for ignored pixels too, as a CPU runs neighbouring pixels together; images without mask are left
        // out.
        if (weight > 0.0f) {
            Softmax all = softmax_of(at.reader(pixel), classes, label);
            bool valid = label != IGNORED;
            kept.x = valid ? all.maximum : 0.0f;
            kept.y = valid ? 1.0f / all.sum : 0.0f;
            loss = valid ? weight * (logf(all.sum) - (all.logit - all.maximum)) : 0.0f;
            count = valid ? 1 : 0;
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
