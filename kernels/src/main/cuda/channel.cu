// Operations around a convolution, x seen as (rows, C): the gradient of its bias, and bias, residual and activation
// where cuDNN does not fuse them. Each kernel that reads x has two versions; name4 processes four channels per thread,
// and its C is the number of groups of four channels.
#include "channels.cuh"
#include "division.cuh"

template <typename S>
static __device__ __forceinline__ void sums(const S* __restrict__ x, Wide<S>* __restrict__ partials, unsigned rows,
                                            unsigned vectors, unsigned lane_shift, unsigned rows_per_chunk) {
    typedef Wide<S> V;
    __shared__ V scratch[THREADS];
    Chunk c = chunk_of(rows, vectors, lane_shift, rows_per_chunk);
    V sum = zero(V());
    if (c.inside) {
        const S* from = x + c.first * vectors + c.vector;
        unsigned stride = c.step * vectors;
#pragma unroll 4
        for (unsigned row = c.first; row < c.end; row += c.step) {
            sum = plus(sum, load(from));
            from += stride;
        }
    }
    sum = sum_rows(sum, scratch, lane_shift);
    if (c.inside && c.row == 0) {
        partials[blockIdx.x * vectors + c.vector] = sum;
    }
}

// y = leaky(y + bias + residual) in place; bias and residual may be null
template <typename S>
static __device__ __forceinline__ void epilogue(S* __restrict__ y, const Wide<S>* __restrict__ bias,
                                                const S* __restrict__ residual, unsigned n, unsigned vectors,
                                                unsigned vector_magic, unsigned vector_shift, float slope) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Wide<S> value = load(y + t);
    if (bias != nullptr) {
        value = plus(value, bias[t - divide(t, vector_magic, vector_shift) * vectors]);
    }
    if (residual != nullptr) {
        value = plus(value, load(residual + t));
    }
    store(y + t, leaky(value, slope));
}

#define CHANNEL(NAME, S)                                                                                             \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                            \
        channel_sums##NAME(const S* __restrict__ x, Wide<S>* __restrict__ partials, unsigned rows, unsigned vectors, \
                           unsigned lane_shift, unsigned rows_per_chunk) {                                           \
        sums(x, partials, rows, vectors, lane_shift, rows_per_chunk);                                                \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) channel_epilogue##NAME(                                    \
        S* __restrict__ y, const Wide<S>* __restrict__ bias, const S* __restrict__ residual, unsigned n,             \
        unsigned vectors, unsigned vector_magic, unsigned vector_shift, float slope) {                               \
        epilogue(y, bias, residual, n, vectors, vector_magic, vector_shift, slope);                                  \
    }

STORED_LANES(CHANNEL)

// sum (C) from partials (chunks, C). A block processes eight channels.
extern "C" __global__ void __launch_bounds__(THREADS)
    channel_sums_finish(const float* __restrict__ partials, float* __restrict__ sum, unsigned channels,
                        unsigned chunks) {
    __shared__ double scratch[THREADS];
    unsigned channel = 8 * blockIdx.x + (threadIdx.x & 7);
    bool inside = channel < channels;
    double total = sum_chunks(partials, chunks, channels, channel, inside, scratch);
    if (inside && threadIdx.x < 8) {
        sum[channel] = (float)total;
    }
}

// y (columns, rows) = x (rows, columns) transposed
extern "C" __global__ void __launch_bounds__(THREADS)
    matrix_transpose(const float* __restrict__ x, float* __restrict__ y, unsigned n, unsigned rows, unsigned columns,
                     unsigned row_magic, unsigned row_shift) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t < n) {
        unsigned column = divide(t, row_magic, row_shift);
        y[t] = x[(t - column * rows) * columns + column];
    }
}
