// The position of an output sample between two input samples, with half-pixel centers (align_corners = false).
#pragma once
#include "division.cuh"

struct Axis {
    unsigned input;
    unsigned output;
    unsigned magic;  // of the division by 2 output
    unsigned shift;
    float inverse;  // 1 / (2 output)
};

struct Tap {
    unsigned low;
    unsigned high;
    float weight;  // of high; low has 1 - weight
};

// The position (i + 1/2) input / output - 1/2, clamped to 0 from below, as an exact fraction over 2 output: so the
// weight has one rounding, however large the image. Needs 2 input output < 2^31.
static __device__ __forceinline__ Tap tap(unsigned i, Axis axis) {
    int position = (int)((2 * i + 1) * axis.input) - (int)axis.output;
    unsigned numerator = position > 0 ? (unsigned)position : 0;
    Tap tap;
    tap.low = divide(numerator, axis.magic, axis.shift);
    tap.weight = (float)(numerator - tap.low * 2 * axis.output) * axis.inverse;
    tap.high = tap.low + 1 < axis.input ? tap.low + 1 : tap.low;
    return tap;
}
