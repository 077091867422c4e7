// Sums over a block in a fixed order.
#pragma once

// The sum of `value` over 256 threads, valid in thread 0: 16 threads add 16 values each, then one adds those 16.
// `scratch` has 256 elements in shared memory; all threads of the block must call it, and may reuse scratch afterwards.
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
