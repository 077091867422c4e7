// Shared by the loss kernels of the detection head. Each forward kernel writes, for every block, the weighted loss and
// its share of the normalizer; detection_loss_finish adds them in a fixed order. A block belongs to one image: an image
// of weight 0 is not read, so that a NaN in it does not reach the loss.
#pragma once

#include "reduction.cuh"

__device__ __forceinline__ void write_partial(float* partials, float loss, float share, float weight, float* shared) {
    float losses = block_sum(loss, shared);
    float shares = block_sum(share, shared);
    if (threadIdx.x == 0) {
        partials[2 * blockIdx.x] = weight * losses;
        partials[2 * blockIdx.x + 1] = shares;
    }
}
