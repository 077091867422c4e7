// Copies between a packed piece (N, rows, C) and its place in a longer (N, all_rows, C). Lengths and offsets are in
// elements of one image; in name4 they are in groups of four elements.
#include "division.cuh"
#include "storage.cuh"

// The position of element t of the packed piece in the longer tensor.
static __device__ __forceinline__ unsigned place(unsigned t, unsigned length, unsigned length_magic,
                                                 unsigned length_shift, unsigned stride, unsigned offset) {
    unsigned image = divide(t, length_magic, length_shift);
    return image * stride + offset + (t - image * length);
}

template <typename S>
static __device__ __forceinline__ void scatter(const S* __restrict__ piece, S* __restrict__ whole, unsigned n,
                                               unsigned length, unsigned length_magic, unsigned length_shift,
                                               unsigned stride, unsigned offset) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t < n) {
        whole[place(t, length, length_magic, length_shift, stride, offset)] = piece[t];
    }
}

template <typename S>
static __device__ __forceinline__ void gather(const S* __restrict__ whole, S* __restrict__ piece, unsigned n,
                                              unsigned length, unsigned length_magic, unsigned length_shift,
                                              unsigned stride, unsigned offset) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t < n) {
        piece[t] = whole[place(t, length, length_magic, length_shift, stride, offset)];
    }
}

#define ROWS(NAME, S)                                                                                        \
    extern "C" __global__ void __launch_bounds__(256)                                                        \
        rows_scatter##NAME(const S* __restrict__ piece, S* __restrict__ whole, unsigned n, unsigned length,  \
                           unsigned length_magic, unsigned length_shift, unsigned stride, unsigned offset) { \
        scatter<S>(piece, whole, n, length, length_magic, length_shift, stride, offset);                     \
    }                                                                                                        \
    extern "C" __global__ void __launch_bounds__(256)                                                        \
        rows_gather##NAME(const S* __restrict__ whole, S* __restrict__ piece, unsigned n, unsigned length,   \
                          unsigned length_magic, unsigned length_shift, unsigned stride, unsigned offset) {  \
        gather<S>(whole, piece, n, length, length_magic, length_shift, stride, offset);                      \
    }

STORED_LANES(ROWS)
