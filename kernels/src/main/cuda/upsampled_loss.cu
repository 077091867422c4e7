// Cross-entropy of pixels from coarse logits (N, h, w, C), bilinearly up-sampled to the mask's (N, H, W) inside the
// kernel: the fine logits and their gradient are never stored. A cell (n, i, j) is all pixels between the coarse rows i
// and i + 1 and columns j and j + 1; those beyond the last row or column belong to the last cells.
#include "segmentation.cuh"

extern "C" __global__ void __launch_bounds__(THREADS)
    upsampled_loss_forward(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                           const float* __restrict__ weights, float2* __restrict__ softmax, float* __restrict__ losses,
                           int* __restrict__ counts, unsigned pixels, unsigned classes, unsigned w_magic,
                           unsigned w_shift, unsigned h_magic, unsigned h_shift, AXES_PARAMETERS) {
    CoarsePixels at = {logits, classes, w_magic, w_shift, h_magic, h_shift, VERTICAL_AXIS, HORIZONTAL_AXIS};
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

// One thread for each class of a cell: the contributions of the cell's pixels to its four corners, `parts` (N, h, w, 4,
// C) in the order top left, top right, bottom left, bottom right. `n` threads.
extern "C" __global__ void __launch_bounds__(THREADS)
    upsampled_loss_cells(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                         const float* __restrict__ weights, const float2* __restrict__ softmax,
                         const float* __restrict__ factor, const float* __restrict__ upstream,
                         float* __restrict__ parts, unsigned n, unsigned classes, unsigned class_magic,
                         unsigned class_shift, unsigned cell_magic, unsigned cell_shift, unsigned row_magic,
                         unsigned row_shift, AXES_PARAMETERS) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Axis vertical = VERTICAL_AXIS;
    Axis horizontal = HORIZONTAL_AXIS;
    unsigned cell = divide(t, class_magic, class_shift);
    unsigned c = t - cell * classes;
    unsigned row = divide(cell, cell_magic, cell_shift);
    unsigned j = cell - row * input_w;
    unsigned image = divide(row, row_magic, row_shift);
    unsigned i = row - image * input_h;
    float weight = weights[2 * image + 1];
    float top_left = 0.0f;
    float top_right = 0.0f;
    float bottom_left = 0.0f;
    float bottom_right = 0.0f;
    if (weight > 0.0f) {
        unsigned right = j + 1 < input_w ? classes : 0;
        unsigned down = i + 1 < input_h ? input_w * classes : 0;
        float a = logits[t];
        float b = logits[t + right];
        float d = logits[t + down];
        float e = logits[t + down + right];
        float scale = upstream[0] * factor[0] * weight;
        unsigned last_row = first_above(i + 1, vertical);
        unsigned first_column = first_above(j, horizontal);
        unsigned last_column = first_above(j + 1, horizontal);
#pragma unroll 1
        for (unsigned y = first_above(i, vertical); y < last_row; y++) {
            float v = tap(y, vertical).weight;
            unsigned pixels = (image * output_h + y) * output_w;
#pragma unroll 1
            for (unsigned x = first_column; x < last_column; x++) {
                unsigned label = mask[pixels + x];
                float h = tap(x, horizontal).weight;
                float2 kept = softmax[pixels + x];
                float logit = blend(blend(a, b, h), blend(d, e, h), v);
                float gradient = cross_entropy_slope(logit, kept, c == label);
                gradient = label == IGNORED ? 0.0f : label < classes ? scale * gradient : not_a_number();
                float lower = v * gradient;
                float upper = gradient - lower;
                top_left += (1.0f - h) * upper;
                top_right += h * upper;
                bottom_left += (1.0f - h) * lower;
                bottom_right += h * lower;
            }
        }
    }
    float* to = parts + cell * 4 * classes + c;
    to[0] = top_left;
    to[classes] = top_right;
    to[2 * classes] = bottom_left;
    to[3 * classes] = bottom_right;
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
