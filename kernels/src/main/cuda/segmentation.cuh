// Labels of pixels, and logits read between coarse pixels.
#pragma once
#include "interpolation.cuh"
#include "vector.cuh"

#define IGNORED 255

static __device__ __forceinline__ float not_a_number() {
    return __int_as_float(0x7fffffff);
}

struct Corners {
    unsigned topLeft;
    unsigned topRight;
    unsigned bottomLeft;
    unsigned bottomRight;
    float right;
    float bottom;
};

static __device__ __forceinline__ Corners corners(unsigned pixel, unsigned classes, unsigned wMagic, unsigned wShift,
                                                  unsigned hMagic, unsigned hShift, Axis vertical, Axis horizontal) {
    unsigned rows = divide(pixel, wMagic, wShift);
    unsigned image = divide(rows, hMagic, hShift);
    Tap v = tap(rows - image * vertical.output, vertical);
    Tap h = tap(pixel - rows * horizontal.output, horizontal);
    unsigned top = (image * vertical.input + v.low) * horizontal.input;
    unsigned bottom = (image * vertical.input + v.high) * horizontal.input;
    Corners corners = {(top + h.low) * classes, (top + h.high) * classes, (bottom + h.low) * classes,
                       (bottom + h.high) * classes, h.weight, v.weight};
    return corners;
}

static __device__ __forceinline__ float sample(const float* __restrict__ logits, const Corners& at, unsigned c) {
    return blend(blend(logits[at.topLeft + c], logits[at.topRight + c], at.right),
                 blend(logits[at.bottomLeft + c], logits[at.bottomRight + c], at.right), at.bottom);
}
