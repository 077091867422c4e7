// Copies between a packed piece (N, rows, C) and its place in a longer (N, allRows, C). Lengths and offsets are in elements of
// one image; name4 counts them in fours.
#include "division.cuh"

template <typename V>
static __device__ __forceinline__ void scatter(const V* __restrict__ piece, V* __restrict__ whole, unsigned n, unsigned length,
                                               unsigned lengthMagic, unsigned lengthShift, unsigned stride, unsigned offset) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned image = divide(t, lengthMagic, lengthShift);
    whole[image * stride + offset + (t - image * length)] = piece[t];
}

template <typename V>
static __device__ __forceinline__ void gather(const V* __restrict__ whole, V* __restrict__ piece, unsigned n, unsigned length,
                                              unsigned lengthMagic, unsigned lengthShift, unsigned stride, unsigned offset) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned image = divide(t, lengthMagic, lengthShift);
    piece[t] = whole[image * stride + offset + (t - image * length)];
}

#define ROWS(NAME, V)                                                                                                           \
    extern "C" __global__ void rows_scatter##NAME(const V* __restrict__ piece, V* __restrict__ whole, unsigned n,               \
                                                  unsigned length, unsigned lengthMagic, unsigned lengthShift,                  \
                                                  unsigned stride, unsigned offset) {                                           \
        scatter<V>(piece, whole, n, length, lengthMagic, lengthShift, stride, offset);                                          \
    }                                                                                                                           \
    extern "C" __global__ void rows_gather##NAME(const V* __restrict__ whole, V* __restrict__ piece, unsigned n,                \
                                                 unsigned length, unsigned lengthMagic, unsigned lengthShift,                   \
                                                 unsigned stride, unsigned offset) {                                            \
        gather<V>(whole, piece, n, length, lengthMagic, lengthShift, stride, offset);                                           \
    }

ROWS(, float)
ROWS(4, float4)
