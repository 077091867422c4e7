// Cross-entropy of pixels and the decoding of masks. Logits are (N, H, W, C); a mask has one byte a pixel, 255 to be ignored.
#include "reduction.cuh"
#include "segmentation.cuh"
#include "vector.cuh"

// A thread is one pixel. For each pixel that counts, `softmax` gets the largest logit and 1 / the sum of exp(logit - largest);
// each block writes its weighted loss and how many of its pixels count. A label that is no class makes the loss NaN.
extern "C" __global__ void __launch_bounds__(256) segmentation_loss_forward(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                                                     const float* __restrict__ weights, float2* __restrict__ softmax,
                                                     float* __restrict__ losses, int* __restrict__ counts, unsigned pixels,
                                                     unsigned classes, unsigned imageMagic, unsigned imageShift) {
    __shared__ float lossScratch[256];
    __shared__ int countScratch[256];
    unsigned pixel = blockIdx.x * 256 + threadIdx.x;
    float loss = 0.0f;
    int count = 0;
    if (pixel < pixels) {
        unsigned label = mask[pixel];
        float weight = weights[2 * divide(pixel, imageMagic, imageShift) + 1];
        float2 kept = make_float2(0.0f, 0.0f);
        if (label != IGNORED && weight > 0.0f) {
            const float* row = logits + pixel * classes;
            float largest = row[0];
#pragma unroll 1
            for (unsigned c = 1; c < classes; c++) {
                largest = row[c] > largest ? row[c] : largest;
            }
            float sum = 0.0f;
#pragma unroll 1
            for (unsigned c = 0; c < classes; c++) {
                sum += expf(row[c] - largest);
            }
            float target = label < classes ? row[label] : not_a_number();
            kept = make_float2(largest, 1.0f / sum);
            loss = weight * (logf(sum) - (target - largest));
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

// One block: the loss, and the factor 1 / max(1, pixels that count).
extern "C" __global__ void __launch_bounds__(256) segmentation_loss_finish(const float* __restrict__ losses, const int* __restrict__ counts,
                                                    unsigned blocks, float* __restrict__ loss, float* __restrict__ factor) {
    __shared__ float lossScratch[256];
    __shared__ int countScratch[256];
    float sum = 0.0f;
    int count = 0;
#pragma unroll 1
    for (unsigned i = threadIdx.x; i < blocks; i += 256) {
        sum += losses[i];
        count += counts[i];
    }
    sum = block_sum(sum, lossScratch);
    count = block_sum(count, countScratch);
    if (threadIdx.x == 0) {
        float f = 1.0f / (float)(count > 1 ? count : 1);
        loss[0] = sum * f;
        factor[0] = f;
    }
}

// A thread is one pixel: dlogits = upstream factor weight (softmax - one-hot), 0 where nothing counts.
extern "C" __global__ void __launch_bounds__(256) segmentation_loss_backward(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                                                      const float* __restrict__ weights, const float2* __restrict__ softmax,
                                                      const float* __restrict__ factor, const float* __restrict__ upstream,
                                                      float* __restrict__ dlogits, unsigned pixels, unsigned classes,
                                                      unsigned imageMagic, unsigned imageShift) {
    unsigned pixel = blockIdx.x * blockDim.x + threadIdx.x;
    if (pixel >= pixels) {
        return;
    }
    unsigned label = mask[pixel];
    float weight = weights[2 * divide(pixel, imageMagic, imageShift) + 1];
    float* to = dlogits + pixel * classes;
    if (label == IGNORED || !(weight > 0.0f)) {
#pragma unroll 1
        for (unsigned c = 0; c < classes; c++) {
            to[c] = 0.0f;
        }
        return;
    }
    float scale = upstream[0] * factor[0] * weight;
    if (label >= classes) {
        scale = not_a_number();
    }
    float2 kept = softmax[pixel];
    const float* row = logits + pixel * classes;
#pragma unroll 1
    for (unsigned c = 0; c < classes; c++) {
        float p = expf(row[c] - kept.x) * kept.y;
        to[c] = scale * (c == label ? p - 1.0f : p);
    }
}

// A thread is one output pixel: the class with the largest bilinearly up-sampled logit, the lowest of equals.
extern "C" __global__ void __launch_bounds__(256) mask_decode(const float* __restrict__ logits, unsigned char* __restrict__ mask, unsigned pixels,
                                       unsigned classes, unsigned wMagic, unsigned wShift, unsigned hMagic, unsigned hShift,
                                       unsigned inputH, unsigned outputH, unsigned verticalMagic, unsigned verticalShift,
                                       float verticalInverse, unsigned inputW, unsigned outputW, unsigned horizontalMagic,
                                       unsigned horizontalShift, float horizontalInverse) {
    unsigned pixel = blockIdx.x * blockDim.x + threadIdx.x;
    if (pixel >= pixels) {
        return;
    }
    Axis vertical = {inputH, outputH, verticalMagic, verticalShift, verticalInverse};
    Axis horizontal = {inputW, outputW, horizontalMagic, horizontalShift, horizontalInverse};
    Corners at = corners(pixel, classes, wMagic, wShift, hMagic, hShift, vertical, horizontal);
    float largest = sample(logits, at, 0);
    unsigned best = 0;
#pragma unroll 1
    for (unsigned c = 1; c < classes; c++) {
        float value = sample(logits, at, c);
        if (value > largest) {
            largest = value;
            best = c;
        }
    }
    mask[pixel] = (unsigned char)best;
}

// The same, and the softmax probability of that class.
extern "C" __global__ void __launch_bounds__(256) mask_decode_confidence(const float* __restrict__ logits, unsigned char* __restrict__ mask,
                                                  float* __restrict__ confidence, unsigned pixels, unsigned classes,
                                                  unsigned wMagic, unsigned wShift, unsigned hMagic, unsigned hShift,
                                                  unsigned inputH, unsigned outputH, unsigned verticalMagic,
                                                  unsigned verticalShift, float verticalInverse, unsigned inputW,
                                                  unsigned outputW, unsigned horizontalMagic, unsigned horizontalShift,
                                                  float horizontalInverse) {
    unsigned pixel = blockIdx.x * blockDim.x + threadIdx.x;
    if (pixel >= pixels) {
        return;
    }
    Axis vertical = {inputH, outputH, verticalMagic, verticalShift, verticalInverse};
    Axis horizontal = {inputW, outputW, horizontalMagic, horizontalShift, horizontalInverse};
    Corners at = corners(pixel, classes, wMagic, wShift, hMagic, hShift, vertical, horizontal);
    float largest = sample(logits, at, 0);
    unsigned best = 0;
#pragma unroll 1
    for (unsigned c = 1; c < classes; c++) {
        float value = sample(logits, at, c);
        if (value > largest) {
            largest = value;
            best = c;
        }
    }
    float sum = 0.0f;
#pragma unroll 1
    for (unsigned c = 0; c < classes; c++) {
        sum += expf(sample(logits, at, c) - largest);
    }
    mask[pixel] = (unsigned char)best;
    confidence[pixel] = 1.0f / sum;
}
