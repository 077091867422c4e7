// The gradient of a loss of fine pixels by the coarse logits (N, h, w, C) from which their logits are interpolated. A
// cell (n, i, j) is all pixels between the coarse rows i and i + 1 and columns j and j + 1; those beyond the last row
// or column belong to the last cells.
#pragma once
#include "segmentation.cuh"

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

// Kernel parameters by which a thread finds its coarse logit: its number of threads, and divisions by C, w and h.
#define WALK_PARAMETERS                                                                            \
    unsigned n, unsigned classes, unsigned class_magic, unsigned class_shift, unsigned cell_magic, \
        unsigned cell_shift, unsigned row_magic, unsigned row_shift
#define WALK \
    { n, classes, class_magic, class_shift, cell_magic, cell_shift, row_magic, row_shift }

struct Walk {
    unsigned n;
    unsigned classes;
    unsigned class_magic;
    unsigned class_shift;
    unsigned cell_magic;
    unsigned cell_shift;
    unsigned row_magic;
    unsigned row_shift;
};

// One thread for each class of a cell: the contributions of the cell's pixels to its four corners, `parts` (N, h, w, 4,
// C) in the order top left, top right, bottom left, bottom right. slope(logit, pixel, c, label) is the derivative of
// the loss of a pixel by its logit of class c, without `scale` and the image's weight.
template <typename Slope>
static __device__ __forceinline__ void corners(const float* __restrict__ logits, const unsigned char* __restrict__ mask,
                                               const float* __restrict__ weights, float scale, const Slope& slope,
                                               float* __restrict__ parts, Walk walk, Axis vertical, Axis horizontal) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= walk.n) {
        return;
    }
    unsigned classes = walk.classes;
    unsigned cell = divide(t, walk.class_magic, walk.class_shift);
    unsigned c = t - cell * classes;
    unsigned row = divide(cell, walk.cell_magic, walk.cell_shift);
    unsigned j = cell - row * horizontal.input;
    unsigned image = divide(row, walk.row_magic, walk.row_shift);
    unsigned i = row - image * vertical.input;
    float weight = weights[2 * image + 1];
    float top_left = 0.0f;
    float top_right = 0.0f;
    float bottom_left = 0.0f;
    float bottom_right = 0.0f;
    if (weight > 0.0f) {
        unsigned right = j + 1 < horizontal.input ? classes : 0;
        unsigned down = i + 1 < vertical.input ? horizontal.input * classes : 0;
        float a = logits[t];
        float b = logits[t + right];
        float d = logits[t + down];
        float e = logits[t + down + right];
        float weighted = scale * weight;
        unsigned last_row = first_above(i + 1, vertical);
        unsigned first_column = first_above(j, horizontal);
        unsigned last_column = first_above(j + 1, horizontal);
#pragma unroll 1
        for (unsigned y = first_above(i, vertical); y < last_row; y++) {
            float v = tap(y, vertical).weight;
            unsigned pixels = (image * vertical.output + y) * horizontal.output;
#pragma unroll 1
            for (unsigned x = first_column; x < last_column; x++) {
                unsigned label = mask[pixels + x];
                float h = tap(x, horizontal).weight;
                float logit = blend(blend(a, b, h), blend(d, e, h), v);
                float gradient = slope(logit, pixels + x, c, label);
                gradient = label == IGNORED ? 0.0f : label < classes ? weighted * gradient : not_a_number();
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
