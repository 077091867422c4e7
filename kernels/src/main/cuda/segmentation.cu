// Cross-entropy of pixels and the decoding of masks. Logits are (N, H, W, C); a mask has one byte per pixel; 255 is
// ignored.
#include "segmentation.cuh"

extern "C" __global__ void __launch_bounds__(THREADS)
    segmentation_loss_forward(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                              const float* __restrict__ weights, float2* __restrict__ softmax,
                              float* __restrict__ losses, int* __restrict__ counts, unsigned pixels, unsigned classes,
                              unsigned image_magic, unsigned image_shift) {
    FinePixels at = {logits, classes, image_magic, image_shift};
    cross_entropy(at, mask, weights, softmax, losses, counts, pixels, classes);
}

// One block: the loss, and the factor 1 / max(1, number of pixels that are not ignored).
extern "C" __global__ void __launch_bounds__(THREADS)
    segmentation_loss_finish(const float* __restrict__ losses, const int* __restrict__ counts, unsigned blocks,
                             float* __restrict__ loss, float* __restrict__ factor) {
    __shared__ float lossScratch[THREADS];
    __shared__ int countScratch[THREADS];
    float sum = 0.0f;
    int count = 0;
#pragma unroll 1
    for (unsigned i = threadIdx.x; i < blocks; i += THREADS) {
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

// Logits that a thread of the backward kernel reads, THREADS apart. All are read before the first is used, so that
// enough reads are in flight for the bandwidth of a GPU.
#define LOGITS 4

// dlogits = upstream factor weight (softmax - one-hot), 0 for ignored pixels.
extern "C" __global__ void __launch_bounds__(THREADS)
    segmentation_loss_backward(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                               const float* __restrict__ weights, const float2* __restrict__ softmax,
                               const float* __restrict__ factor, const float* __restrict__ upstream,
                               float* __restrict__ dlogits, unsigned elements, unsigned classes, unsigned class_magic,
                               unsigned class_shift, unsigned image_magic, unsigned image_shift) {
    unsigned first = blockIdx.x * (THREADS * LOGITS) + threadIdx.x;
    float logit[LOGITS];
    unsigned pixel[LOGITS];
    unsigned label[LOGITS];
    float weight[LOGITS];
    float2 kept[LOGITS];
#pragma unroll
    for (unsigned i = 0; i < LOGITS; i++) {
        unsigned e = first + i * THREADS;
        e = e < elements ? e : elements - 1;
        pixel[i] = divide(e, class_magic, class_shift);
        logit[i] = logits[e];
        label[i] = mask[pixel[i]];
        weight[i] = weights[2 * divide(pixel[i], image_magic, image_shift) + 1];
        kept[i] = softmax[pixel[i]];
    }
    float scale = upstream[0] * factor[0];
#pragma unroll
    for (unsigned i = 0; i < LOGITS; i++) {
        unsigned e = first + i * THREADS;
        if (e < elements) {
            float slope = 0.0f;
            if (label[i] != IGNORED && weight[i] > 0.0f) {
                float by = label[i] < classes ? scale * weight[i] : not_a_number();
                slope = by * cross_entropy_slope(logit[i], kept[i], e - pixel[i] * classes == label[i]);
            }
            dlogits[e] = slope;
        }
    }
}

// One thread for each output pixel, of which there may be fewer rows and columns than the axes have: the class with the
// maximum bilinearly up-sampled logit, and, unless `confidence` is null, the softmax probability of that class.
static __device__ __forceinline__ void decode(const CoarsePixels& at, unsigned char* __restrict__ mask,
                                              float* __restrict__ confidence, unsigned pixels) {
    unsigned pixel = blockIdx.x * blockDim.x + threadIdx.x;
    if (pixel >= pixels) {
        return;
    }
    Sample logits = at.reader(pixel);
    Best best = best_class(logits, at.classes);
    mask[pixel] = (unsigned char)best.index;
    if (confidence != nullptr) {
        confidence[pixel] = 1.0f / sum_of_exponentials(logits, at.classes, best.logit);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    mask_decode(const float* __restrict__ logits, unsigned char* __restrict__ mask, unsigned pixels, unsigned classes,
                unsigned rows, unsigned columns, unsigned w_magic, unsigned w_shift, unsigned h_magic, unsigned h_shift,
                AXES_PARAMETERS) {
    CoarsePixels at = {logits,  classes, w_magic, w_shift,       h_magic,
                       h_shift, rows,    columns, VERTICAL_AXIS, HORIZONTAL_AXIS};
    decode(at, mask, nullptr, pixels);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    mask_decode_confidence(const float* __restrict__ logits, unsigned char* __restrict__ mask,
                           float* __restrict__ confidence, unsigned pixels, unsigned classes, unsigned rows,
                           unsigned columns, unsigned w_magic, unsigned w_shift, unsigned h_magic, unsigned h_shift,
                           AXES_PARAMETERS) {
    CoarsePixels at = {logits,  classes, w_magic, w_shift,       h_magic,
                       h_shift, rows,    columns, VERTICAL_AXIS, HORIZONTAL_AXIS};
    decode(at, mask, confidence, pixels);
}
