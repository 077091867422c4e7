// Sums over rows of an image seen as (rows, C), for each channel, in a fixed order: a block adds a chunk of rows for up
// to 32 adjacent vectors of channels; a second kernel adds the chunks.
#pragma once
#include "storage.cuh"

// Threads of a block, for the __launch_bounds__ and the body of every kernel of a file that includes this one.
#define THREADS 256

static_assert((THREADS & (THREADS - 1)) == 0 && THREADS >= 32, "sum_rows halves the block");

static __device__ __forceinline__ float minus(float a, float b) {
    return a - b;
}

static __device__ __forceinline__ float4 minus(float4 a, float4 b) {
    return make_float4(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w);
}

static __device__ __forceinline__ double plus(double a, double b) {
    return a + b;
}

// a b + c, rounded once
static __device__ __forceinline__ float fused(float a, float b, float c) {
    return fmaf(a, b, c);
}

static __device__ __forceinline__ float4 fused(float4 a, float4 b, float4 c) {
    return make_float4(fmaf(a.x, b.x, c.x), fmaf(a.y, b.y, c.y), fmaf(a.z, b.z, c.z), fmaf(a.w, b.w, c.w));
}

// g where x is positive, slope g elsewhere
static __device__ __forceinline__ float masked(float g, float x, float slope) {
    return x > 0.0f ? g : slope * g;
}

static __device__ __forceinline__ float4 masked(float4 g, float4 x, float slope) {
    return make_float4(masked(g.x, x.x, slope), masked(g.y, x.y, slope), masked(g.z, x.z, slope),
                       masked(g.w, x.w, slope));
}

// The work of a thread of such a block: vector `vector` of rows first, first + step, ... below end.
struct Chunk {
    unsigned row;
    unsigned step;
    unsigned vector;
    unsigned first;
    unsigned end;
    bool inside;
};

static __device__ __forceinline__ Chunk chunk_of(unsigned rows, unsigned vectors, unsigned lane_shift,
                                                 unsigned rows_per_chunk) {
    Chunk c;
    unsigned lanes = 1u << lane_shift;
    c.row = threadIdx.x >> lane_shift;
    c.step = (unsigned)THREADS >> lane_shift;
    c.vector = blockIdx.y * lanes + (threadIdx.x & (lanes - 1));
    c.first = blockIdx.x * rows_per_chunk + c.row;
    c.end = min(blockIdx.x * rows_per_chunk + rows_per_chunk, rows);
    c.inside = c.vector < vectors;
    return c;
}

// Adds `value` over the rows of the block; valid in the threads of row 0. scratch: THREADS elements of shared memory.
template <typename V>
static __device__ __forceinline__ V sum_rows(V value, V* scratch, unsigned lane_shift) {
    scratch[threadIdx.x] = value;
    __syncthreads();
#pragma unroll 1
    for (unsigned half = THREADS / 2; half >= (1u << lane_shift); half >>= 1) {
        if (threadIdx.x < half) {
            value = plus(value, scratch[threadIdx.x + half]);
            scratch[threadIdx.x] = value;
        }
        __syncthreads();
    }
    return value;
}

// Adds column `channel` of partials (chunks, columns) over the chunks: THREADS / 8 threads for each of 8 channels,
// thread 8 g + c takes chunks g, g + THREADS / 8, ...; valid where g = 0. scratch: THREADS elements of shared memory.
static __device__ __forceinline__ double sum_chunks(const float* __restrict__ partials, unsigned chunks,
                                                    unsigned columns, unsigned column, bool inside, double* scratch) {
    double sum = 0.0;
    if (inside) {
#pragma unroll 4
        for (unsigned k = threadIdx.x >> 3; k < chunks; k += THREADS / 8) {
            sum += (double)partials[k * columns + column];
        }
    }
    return sum_rows(sum, scratch, 3);
}
