// What the losses of imitation share. Each kernel writes the gradient together with its partial sums, for a loss that
// enters the total with factor 1. `images` is (N, 2): for the detection teacher and the segmentation teacher what an
// image's loss is multiplied by, 0 for an image without a teacher. Blocks belong to one image each: an image without a
// teacher is not read, so that it cannot spread a value that is not a number.
#pragma once

#include "reduction.cuh"

#define THREADS 256

static __device__ __forceinline__ void write_partial(float* partials, float loss, float* shared) {
    float sum = block_sum(loss, shared);
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = sum;
    }
}
