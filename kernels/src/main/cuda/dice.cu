// The dice loss, and the gradient of its sum with the cross-entropy, of pixels from coarse logits (N, h, w, C),
// bilinearly up-sampled to the mask's (N, H, W) inside the kernels. softmax (N, H, W, 2) is that of the cross-entropy:
// the maximum logit and 1 / the sum of exp(logit - maximum). An ignored pixel has no part in it; each other pixel
// counts by its image's weight.
#include "cells.cuh"

// One thread for each class of a row of the mask. parts (N H, 3, C): the sums over the row's pixels of the probability
// where the class is the label, of the probability, and of the pixels with that label.
extern "C" __global__ void __launch_bounds__(THREADS)
    dice_sums(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
              const float* __restrict__ weights, const float2* __restrict__ softmax, float* __restrict__ parts,
              unsigned n, unsigned classes, unsigned class_magic, unsigned class_shift, unsigned row_magic,
              unsigned row_shift, AXES_PARAMETERS) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Axis vertical = VERTICAL_AXIS;
    Axis horizontal = HORIZONTAL_AXIS;
    unsigned row = divide(t, class_magic, class_shift);
    unsigned c = t - row * classes;
    unsigned image = divide(row, row_magic, row_shift);
    float weight = weights[2 * image + 1];
    float common = 0.0f;
    float predicted = 0.0f;
    float labelled = 0.0f;
    if (weight > 0.0f) {
        Tap v = tap(row - image * output_h, vertical);
        const float* top = logits + (image * input_h + v.low) * input_w * classes + c;
        const float* bottom = logits + (image * input_h + v.high) * input_w * classes + c;
#pragma unroll 1
        for (unsigned x = 0; x < output_w; x++) {
            unsigned pixel = row * output_w + x;
            unsigned label = mask[pixel];
            Tap h = tap(x, horizontal);
            unsigned left = h.low * classes;
            unsigned right = h.high * classes;
            float logit =
                blend(blend(top[left], top[right], h.weight), blend(bottom[left], bottom[right], h.weight), v.weight);
            float p = probability(logit, softmax[pixel]);
            p = label == IGNORED ? 0.0f : label < classes ? p : not_a_number();
            common += c == label ? p : 0.0f;
            predicted += p;
            labelled += c == label ? 1.0f : 0.0f;
        }
        common *= weight;
        predicted *= weight;
        labelled *= weight;
    }
    float* to = parts + row * 3 * classes + c;
    to[0] = common;
    to[classes] = predicted;
    to[2 * classes] = labelled;
}

// One block, one thread for each class. sums (3, C) over all pixels. The loss, and slopes (2, C): the derivative of the
// loss by the probability of the class, everywhere, and what is added to it where the class is the label.
extern "C" __global__ void __launch_bounds__(THREADS)
    dice_finish(const float* __restrict__ sums, unsigned classes, float* __restrict__ loss,
                float* __restrict__ slopes) {
    __shared__ float lossScratch[THREADS];
    __shared__ int countScratch[THREADS];
    __shared__ float share;
    unsigned c = threadIdx.x;
    float common = 0.0f;
    float both = 1.0f;
    int present = 0;
    if (c < classes) {
        float labelled = sums[2 * classes + c];
        common = sums[c];
        both = sums[classes + c] + labelled + 1.0f;
        // A sum that is not a number belongs to a class too: it makes the loss not a number.
        present = labelled > 0.0f || !(both >= 1.0f) ? 1 : 0;
    }
    float ratio = (2.0f * common + 1.0f) / both;
    float sum = block_sum(present ? 1.0f - ratio : 0.0f, lossScratch);
    int count = block_sum(present, countScratch);
    if (threadIdx.x == 0) {
        share = 1.0f / (float)(count > 1 ? count : 1);
        loss[0] = sum * share;
    }
    __syncthreads();
    if (c < classes) {
        float slope = present ? share / both : 0.0f;
        slopes[c] = slope * ratio;
        slopes[classes + c] = -2.0f * slope;
    }
}

// One thread for each pixel of the mask: the mean of its derivatives by its probabilities, weighted by these.
extern "C" __global__ void __launch_bounds__(THREADS)
    dice_pixels(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                const float* __restrict__ weights, const float2* __restrict__ softmax, const float* __restrict__ slopes,
                float* __restrict__ means, unsigned pixels, unsigned classes, unsigned w_magic, unsigned w_shift,
                unsigned h_magic, unsigned h_shift, AXES_PARAMETERS) {
    unsigned pixel = blockIdx.x * blockDim.x + threadIdx.x;
    if (pixel >= pixels) {
        return;
    }
    CoarsePixels at = {logits,  classes,  w_magic,  w_shift,       h_magic,
                       h_shift, output_h, output_w, VERTICAL_AXIS, HORIZONTAL_AXIS};
    unsigned label = mask[pixel];
    float mean = 0.0f;
    if (label < classes && weights[2 * at.image(pixel) + 1] > 0.0f) {
        Sample reader = at.reader(pixel);
        float2 kept = softmax[pixel];
#pragma unroll 1
        for (unsigned c = 0; c < classes; c++) {
            mean += probability(reader[c], kept) * slopes[c];
        }
        mean += probability(reader[label], kept) * slopes[classes + label];
    }
    means[pixel] = mean;
}

// The derivative of the cross-entropy times `factor` and of the dice loss times `share` by one logit. That of the dice
// loss follows from the derivative of the softmax: p (slope - mean of the slopes).
struct Slope {
    const float2* __restrict__ softmax;
    const float* __restrict__ slopes;
    const float* __restrict__ means;
    unsigned classes;
    float factor;
    float share;

    __device__ __forceinline__ float operator()(float logit, unsigned pixel, unsigned c, unsigned label) const {
        float p = probability(logit, softmax[pixel]);
        bool target = c == label;
        float slope = slopes[c] + (target ? slopes[classes + c] : 0.0f);
        return factor * (target ? p - 1.0f : p) + share * (p * (slope - means[pixel]));
    }
};

// The contributions of each cell's pixels to the gradient of its corners; see `corners`. factor: that of the
// cross-entropy. share: the weight of the dice loss.
extern "C" __global__ void __launch_bounds__(THREADS)
    dice_cells(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
               const float* __restrict__ weights, const float2* __restrict__ softmax, const float* __restrict__ slopes,
               const float* __restrict__ means, const float* __restrict__ factor, const float* __restrict__ upstream,
               float* __restrict__ parts, float share, WALK_PARAMETERS, AXES_PARAMETERS) {
    Slope slope = {softmax, slopes, means, classes, factor[0], share};
    corners(logits, mask, weights, upstream[0], slope, parts, WALK, VERTICAL_AXIS, HORIZONTAL_AXIS);
}
