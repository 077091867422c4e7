// Cross-entropy of pixels from coarse logits (N, h, w, C), bilinearly up-sampled to the mask's (N, H, W) on the way:
// the fine logits and their gradient are never stored. A cell (n, i, j) is all pixels between the coarse rows i and i +
// 1 and columns j and j + 1; those beyond the last row or column belong to the last cells.
#include "segmentation.cuh"

extern "C" __global__ void __launch_bounds__(256)
    upsampled_loss_forward(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                           const float* __restrict__ weights, float2* __restrict__ softmax, float* __restrict__ losses,
                           int* __restrict__ counts, unsigned pixels, unsigned classes, unsigned wMagic,
                           unsigned wShift, unsigned hMagic, unsigned hShift, AXES_PARAMETERS) {
    CoarsePixels at = {logits, classes, wMagic, wShift, hMagic, hShift, VERTICAL_AXIS, HORIZONTAL_AXIS};
    cross_entropy(at, mask, weights, softmax, losses, counts, pixels, classes);
}

// The first pixel whose lower coarse sample is i.
static __device__ __forceinline__ unsigned first_above(unsigned i, Axis axis) {
    if (i == 0) {
        return 0;
    }
    if (i >= axis.input) {
        return axis.output;
    }
    int numerator = (int)((2 * i + 1) * axis.output) - (int)axis.input;
    return numerator > 0 ? ((unsigned)numerator + 2 * axis.input - 1) / (2 * axis.input) : 0;
}

// A thread is one class of a cell: what the cell's pixels give to its four corners, `parts` (N, h, w, 4, C) in the
// order top left, top right, bottom left, bottom right. `n` threads.
extern "C" __global__ void __launch_bounds__(256)
    upsampled_loss_cells(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                         const float* __restrict__ weights, const float2* __restrict__ softmax,
                         const float* __restrict__ factor, const float* __restrict__ upstream,
                         float* __restrict__ parts, unsigned n, unsigned classes, unsigned classMagic,
                         unsigned classShift, unsigned cellMagic, unsigned cellShift, unsigned rowMagic,
                         unsigned rowShift, AXES_PARAMETERS) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Axis vertical = VERTICAL_AXIS;
    Axis horizontal = HORIZONTAL_AXIS;
    unsigned cell = divide(t, classMagic, classShift);
    unsigned c = t - cell * classes;
    unsigned row = divide(cell, cellMagic, cellShift);
    unsigned j = cell - row * inputW;
    unsigned image = divide(row, rowMagic, rowShift);
    unsigned i = row - image * inputH;
    float weight = weights[2 * image + 1];
    float topLeft = 0.0f;
    float topRight = 0.0f;
    float bottomLeft = 0.0f;
    float bottomRight = 0.0f;
    if (weight > 0.0f) {
        unsigned right = j + 1 < inputW ? classes : 0;
        unsigned down = i + 1 < inputH ? inputW * classes : 0;
        float a = logits[t];
        float b = logits[t + right];
        float d = logits[t + down];
        float e = logits[t + down + right];
        float scale = upstream[0] * factor[0] * weight;
        unsigned lastRow = first_above(i + 1, vertical);
        unsigned firstColumn = first_above(j, horizontal);
        unsigned lastColumn = first_above(j + 1, horizontal);
#pragma unroll 1
        for (unsigned y = first_above(i, vertical); y < lastRow; y++) {
            float v = tap(y, vertical).weight;
            unsigned pixels = (image * outputH + y) * outputW;
#pragma unroll 1
            for (unsigned x = firstColumn; x < lastColumn; x++) {
                unsigned label = mask[pixels + x];
                float h = tap(x, horizontal).weight;
                float2 kept = softmax[pixels + x];
                float logit = blend(blend(a, b, h), blend(d, e, h), v);
                float gradient = cross_entropy_slope(logit, kept, c == label);
                gradient = label == IGNORED ? 0.0f : label < classes ? scale * gradient : not_a_number();
                float lower = v * gradient;
                float upper = gradient - lower;
                topLeft += (1.0f - h) * upper;
                topRight += h * upper;
                bottomLeft += (1.0f - h) * lower;
                bottomRight += h * lower;
            }
        }
    }
    float* to = parts + cell * 4 * classes + c;
    to[0] = topLeft;
    to[classes] = topRight;
    to[2 * classes] = bottomLeft;
    to[3 * classes] = bottomRight;
}

// A thread is one coarse logit: the sum of what the cells around it give, and beyond the last row and column what its
// own does.
extern "C" __global__ void __launch_bounds__(256)
    upsampled_loss_gather(const float* __restrict__ parts, float* __restrict__ dlogits, unsigned n, unsigned classes,
                          unsigned classMagic, unsigned classShift, unsigned cellMagic, unsigned cellShift,
                          unsigned rowMagic, unsigned rowShift, unsigned inputH, unsigned inputW) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned cell = divide(t, classMagic, classShift);
    unsigned row = divide(cell, cellMagic, cellShift);
    unsigned j = cell - row * inputW;
    unsigned i = row - divide(row, rowMagic, rowShift) * inputH;
    const float* at = parts + cell * 4 * classes + (t - cell * classes);
    const float* left = at - 4 * classes;
    const float* above = at - 4 * classes * inputW;
    const float* aboveLeft = above - 4 * classes;
    bool lastColumn = j + 1 == inputW;
    bool lastRow = i + 1 == inputH;
    float sum = at[0];
    sum += lastColumn ? at[classes] : 0.0f;
    sum += lastRow ? at[2 * classes] : 0.0f;
    sum += lastColumn && lastRow ? at[3 * classes] : 0.0f;
    if (j > 0) {
        sum += left[classes];
        sum += lastRow ? left[3 * classes] : 0.0f;
    }
    if (i > 0) {
        sum += above[2 * classes];
        sum += lastColumn ? above[3 * classes] : 0.0f;
        sum += j > 0 ? aboveLeft[3 * classes] : 0.0f;
    }
    dlogits[t] = sum;
}
