// The teacher output cache: outputs stored by the image's number. `from` and `to` are (N, row), the cache (images,
// row), in vectors of V; the index of row i is slots[i]. One thread for each vector.
#include "division.cuh"

static __device__ __forceinline__ unsigned long long cached(const int* slots, unsigned i, unsigned row, unsigned magic,
                                                            unsigned shift) {
    unsigned n = divide(i, magic, shift);
    return (unsigned long long)slots[n] * row + (i - n * row);
}

template <typename V>
static __device__ __forceinline__ void keep(const V* from, const int* slots, V* cache, unsigned row, unsigned magic,
                                            unsigned shift, unsigned total) {
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < total) {
        cache[cached(slots, i, row, magic, shift)] = from[i];
    }
}

template <typename V>
static __device__ __forceinline__ void recall(const V* cache, const int* slots, V* to, unsigned row, unsigned magic,
                                              unsigned shift, unsigned total) {
    unsigned i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < total) {
        to[i] = cache[cached(slots, i, row, magic, shift)];
    }
}

extern "C" __global__ void __launch_bounds__(256)
    imitation_keep(const float* __restrict__ from, const int* __restrict__ slots, float* __restrict__ cache,
                   unsigned row, unsigned magic, unsigned shift, unsigned total) {
    keep(from, slots, cache, row, magic, shift, total);
}

extern "C" __global__ void __launch_bounds__(256)
    imitation_keep4(const float4* __restrict__ from, const int* __restrict__ slots, float4* __restrict__ cache,
                    unsigned row, unsigned magic, unsigned shift, unsigned total) {
    keep(from, slots, cache, row, magic, shift, total);
}

extern "C" __global__ void __launch_bounds__(256)
    imitation_recall(const float* __restrict__ cache, const int* __restrict__ slots, float* __restrict__ to,
                     unsigned row, unsigned magic, unsigned shift, unsigned total) {
    recall(cache, slots, to, row, magic, shift, total);
}

extern "C" __global__ void __launch_bounds__(256)
    imitation_recall4(const float4* __restrict__ cache, const int* __restrict__ slots, float4* __restrict__ to,
                      unsigned row, unsigned magic, unsigned shift, unsigned total) {
    recall(cache, slots, to, row, magic, shift, total);
}
