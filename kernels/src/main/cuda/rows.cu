// Copies between a packed piece (N, rows, C) and its place in a longer (N, allRows, C). Lengths and offsets are in
// elements of one image; name4 counts them in fours.
#include "division.cuh"
#include "storage.cuh"

template <typename S>
static __device__ __forceinline__ void scatter(const S* __restrict__ piece, S* __restrict__ whole, unsigned n,
                                               unsigned length, unsigned lengthMagic, unsigned lengthShift,
                                               unsigned stride, unsigned offset) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned image = divide(t, lengthMagic, lengthShift);
    whole[image * stride + offset + (t - image * length)] = piece[t];
}

template <typename S>
static __device__ __forceinline__ void gather(const S* __restrict__ whole, S* __restrict__ piece, unsigned n,
                                              unsigned length, unsigned lengthMagic, unsigned lengthShift,
                                              unsigned stride, unsigned offset) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned image = divide(t, lengthMagic, lengthShift);
    piece[t] = whole[image * stride + offset + (t - image * length)];
}

#define ROWS(NAME, S)                                                                                       \
    extern "C" __global__ void __launch_bounds__(256)                                                       \
        rows_scatter##NAME(const S* __restrict__ piece, S* __restrict__ whole, unsigned n, unsigned length, \
                           unsigned lengthMagic, unsigned lengthShift, unsigned stride, unsigned offset) {  \
        scatter<S>(piece, whole, n, length, lengthMagic, lengthShift, stride, offset);                      \
    }                                                                                                       \
    extern "C" __global__ void __launch_bounds__(256)                                                       \
        rows_gather##NAME(const S* __restrict__ whole, S* __restrict__ piece, unsigned n, unsigned length,  \
                          unsigned lengthMagic, unsigned lengthShift, unsigned stride, unsigned offset) {   \
        gather<S>(whole, piece, n, length, lengthMagic, lengthShift, stride, offset);                       \
    }

STORED_LANES(ROWS)
