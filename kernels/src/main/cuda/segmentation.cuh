// Labels of pixels; logits of a pixel read from the fine image or between coarse pixels; and the loss of a pixel from
// either. A reader gives logit c of one pixel by reader[c]. `Pixels` gives of each fine pixel the image and the reader.
#pragma once
#include "interpolation.cuh"
#include "reduction.cuh"
#include "softmax.cuh"
#include "vector.cuh"

#define IGNORED 255

// The parameters of a kernel that hold two axes, and the axes from them.
#define AXES_PARAMETERS                                                                                       \
    unsigned inputH, unsigned outputH, unsigned verticalMagic, unsigned verticalShift, float verticalInverse, \
        unsigned inputW, unsigned outputW, unsigned horizontalMagic, unsigned horizontalShift, float horizontalInverse
#define VERTICAL_AXIS \
    { inputH, outputH, verticalMagic, verticalShift, verticalInverse }
#define HORIZONTAL_AXIS \
    { inputW, outputW, horizontalMagic, horizontalShift, horizontalInverse }

static __device__ __forceinline__ float not_a_number() {
    return __int_as_float(0x7fffffff);
}

// Reads between the four coarse pixels around a fine one.
struct Sample {
    const float* __restrict__ logits;
    unsigned topLeft;
    unsigned topRight;
    unsigned bottomLeft;
    unsigned bottomRight;
    float right;
    float bottom;

    __device__ __forceinline__ float operator[](unsigned c) const {
        return blend(blend(logits[topLeft + c], logits[topRight + c], right),
                     blend(logits[bottomLeft + c], logits[bottomRight + c], right), bottom);
    }
};

// Pixels whose logits (N, H, W, C) have the size of the mask.
struct FinePixels {
    const float* __restrict__ logits;
    unsigned classes;
    unsigned imageMagic;
    unsigned imageShift;

    __device__ __forceinline__ unsigned image(unsigned pixel) const {
        return divide(pixel, imageMagic, imageShift);
    }

    __device__ __forceinline__ Row reader(unsigned pixel) const {
        return {logits + pixel * classes};
    }
};

// Pixels whose logits (N, h, w, C) are up-sampled bilinearly.
struct CoarsePixels {
    const float* __restrict__ logits;
    unsigned classes;
    unsigned wMagic;
    unsigned wShift;
    unsigned hMagic;
    unsigned hShift;
    Axis vertical;
    Axis horizontal;

    __device__ __forceinline__ unsigned image(unsigned pixel) const {
        return divide(divide(pixel, wMagic, wShift), hMagic, hShift);
    }

    __device__ __forceinline__ Sample reader(unsigned pixel) const {
        unsigned rows = divide(pixel, wMagic, wShift);
        unsigned image = divide(rows, hMagic, hShift);
        Tap v = tap(rows - image * vertical.output, vertical);
        Tap h = tap(pixel - rows * horizontal.output, horizontal);
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

// The derivative of a pixel's cross-entropy by one logit. kept: the maximum logit and 1 / the sum of exp(logit -
// maximum).
static __device__ __forceinline__ float cross_entropy_slope(float logit, float2 kept, bool target) {
    float p = expf(logit - kept.x) * kept.y;
    return target ? p - 1.0f : p;
}

// A thread is one pixel of the mask. For each pixel that counts, `softmax` gets the maximum logit and 1 / the sum of
// exp(logit - maximum); each block writes its weighted loss and how many of its pixels count. A label that is no class
// makes the loss NaN.
template <typename Pixels>
static __device__ __forceinline__ void cross_entropy(const Pixels& at, const unsigned char* __restrict__ mask,
                                                     const float* __restrict__ weights, float2* __restrict__ softmax,
                                                     float* __restrict__ losses, int* __restrict__ counts,
                                                     unsigned pixels, unsigned classes) {
    __shared__ float lossScratch[256];
    __shared__ int countScratch[256];
    unsigned pixel = blockIdx.x * 256 + threadIdx.x;
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
