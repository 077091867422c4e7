// Shared by the imitation losses. Each kernel writes the gradient together with its partial sums, for a loss that
// enters the total with factor 1. `images` is (N, 2): for the detection teacher and the segmentation teacher the factor
// of an image's loss, 0 for an image without a teacher. Blocks belong to one image each: an image without a teacher is
// not read, so that a NaN in it does not reach the loss.
#pragma once

#include "reduction.cuh"

static __device__ __forceinline__ void write_partial(float* partials, float loss, float* shared) {
    float sum = block_sum(loss, shared);
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = sum;
    }
}
