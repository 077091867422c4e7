// Sums over a block in a fixed order.
#pragma once

// Threads of a block, for the __launch_bounds__ and the body of every kernel of a file that includes this one.
#define THREADS 256

static_assert(THREADS == 16 * 16, "block_sum adds 16 times 16 values");

// The sum of `value` over the threads of a block, valid in thread 0: 16 threads add 16 values each, then one adds those
// 16. `scratch` has THREADS elements in shared memory; all threads of the block must call it, and may reuse scratch
// afterwards.
template <typename T>
static __device__ __forceinline__ T block_sum(T value, T* scratch) {
    unsigned t = threadIdx.x;
    scratch[t] = value;
    __syncthreads();
    T sum = value;
    if (t < 16) {
#pragma unroll
        for (unsigned k = 1; k < 16; k++) {
            sum += scratch[t + 16 * k];
        }
        scratch[t] = sum;
    }
    __syncthreads();
    if (t == 0) {
#pragma unroll
        for (unsigned k = 1; k < 16; k++) {
            sum += scratch[k];
        }
    }
    __syncthreads();
    return sum;
}
