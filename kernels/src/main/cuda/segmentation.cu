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

// Output rows of a thread. In an up-sampled mask most of them lie between the same two coarse rows, whose logits are
// then read once.
#define ROWS 4

// The class with the maximum bilinearly up-sampled logit of ROWS adjacent pixels of a column; the output may have fewer
// rows and columns than the axes. h_magic and h_shift divide by the number of groups of rows; n threads.
extern "C" __global__ void __launch_bounds__(THREADS)
    mask_decode(const float* __restrict__ logits, unsigned char* __restrict__ mask, unsigned n, unsigned classes,
                unsigned rows, unsigned columns, unsigned w_magic, unsigned w_shift, unsigned h_magic, unsigned h_shift,
                AXES_PARAMETERS) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Axis vertical = VERTICAL_AXIS;
    Axis horizontal = HORIZONTAL_AXIS;
    unsigned group = divide(t, w_magic, w_shift);
    unsigned column = t - group * columns;
    unsigned image = divide(group, h_magic, h_shift);
    unsigned first = (group - image * ((rows + ROWS - 1) / ROWS)) * ROWS;
    Tap across = tap(column, horizontal);
    unsigned line = input_w * classes;
    const float* left = logits + (image * input_h * line + across.low * classes);
    const float* right = logits + (image * input_h * line + across.high * classes);
    unsigned low[ROWS];
    unsigned high[ROWS];
    float weight[ROWS];
    Best best[ROWS];
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        unsigned row = first + i;
        Tap down = tap(row < rows ? row : rows - 1, vertical);
        low[i] = down.low * line;
        high[i] = down.high * line;
        weight[i] = down.weight;
        best[i] = {0.0f, 0};
    }
#pragma unroll 1
    for (unsigned c = 0; c < classes; c++) {
        float upper = blend(left[low[0] + c], right[low[0] + c], across.weight);
        float lower = blend(left[high[0] + c], right[high[0] + c], across.weight);
#pragma unroll
        for (int i = 0; i < ROWS; i++) {
            if (i > 0 && low[i] != low[i - 1]) {
                upper = lower;
                if (low[i] != high[i - 1]) {
                    upper = blend(left[low[i] + c], right[low[i] + c], across.weight);
                }
                lower = blend(left[high[i] + c], right[high[i] + c], across.weight);
            }
            float value = blend(upper, lower, weight[i]);
            bool better = c == 0 || value > best[i].logit;
            best[i].logit = better ? value : best[i].logit;
            best[i].index = better ? c : best[i].index;
        }
    }
    unsigned char* to = mask + ((image * rows + first) * columns + column);
#pragma unroll
    for (int i = 0; i < ROWS; i++) {
        if (first + i < rows) {
            to[i * columns] = (unsigned char)best[i].index;
        }
    }
}

// The same for each pixel, with the softmax probability of its class.
extern "C" __global__ void __launch_bounds__(THREADS)
    mask_decode_confidence(const float* __restrict__ logits, unsigned char* __restrict__ mask,
                           float* __restrict__ confidence, unsigned pixels, unsigned classes, unsigned rows,
                           unsigned columns, unsigned w_magic, unsigned w_shift, unsigned h_magic, unsigned h_shift,
                           AXES_PARAMETERS) {
    unsigned pixel = blockIdx.x * blockDim.x + threadIdx.x;
    if (pixel >= pixels) {
        return;
    }
    CoarsePixels at = {logits,  classes, w_magic, w_shift,       h_magic,
                       h_shift, rows,    columns, VERTICAL_AXIS, HORIZONTAL_AXIS};
    Sample sample = at.reader(pixel);
    Best best = best_class(sample, classes);
    mask[pixel] = (unsigned char)best.index;
    confidence[pixel] = 1.0f / sum_of_exponentials(sample, classes, best.logit);
}
