// What the loss kernels of the detection head share. Each forward kernel writes, for every block, the weighted loss and its
// share of the normaliser; detection_loss_finish adds them in a fixed order. A block belongs to one image: an image of weight
// 0 costs nothing and cannot spread a value that is not a number.
#pragma once

#define THREADS 256

// Adds a value of each thread in a fixed order; the result is valid in thread 0.
__device__ __forceinline__ float block_sum(float value, float* shared)
{
    __syncthreads();
    shared[threadIdx.x] = value;
    __syncthreads();
    float sum = 0.0f;
    if (threadIdx.x < 16) {
        for (int i = 0; i < THREADS / 16; i++) {
            sum += shared[threadIdx.x + 16 * i];
        }
        shared[THREADS + threadIdx.x] = sum;
    }
    __syncthreads();
    sum = 0.0f;
    if (threadIdx.x == 0) {
        for (int i = 0; i < 16; i++) {
            sum += shared[THREADS + i];
        }
    }
    return sum;
}

__device__ __forceinline__ void write_partial(float* partials, float loss, float share, float weight, float* shared)
{
    float losses = block_sum(loss, shared);
    float shares = block_sum(share, shared);
    if (threadIdx.x == 0) {
        partials[2 * blockIdx.x] = weight * losses;
        partials[2 * blockIdx.x + 1] = shares;
    }
}
