// Two gradients of the same parameters. Arrays start at a multiple of 16 bytes; a thread processes four elements at a
// time.
//   status: dot product, squared norm of the first, squared norm of the second
#include "reduction.cuh"

static __device__ __forceinline__ void add(float a, float b, float& dot, float& first, float& second) {
    dot += a * b;
    first += a * a;
    second += b * b;
}

// Block k writes the three sums over elements 64 THREADS k and following.
extern "C" __global__ void __launch_bounds__(THREADS)
    gradient_pair_partials(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ partials,
                           unsigned n) {
    __shared__ float scratch[THREADS];
    unsigned at = 64 * THREADS * blockIdx.x + 4 * threadIdx.x;
    float dot = 0.0f;
    float first = 0.0f;
    float second = 0.0f;
#pragma unroll 1
    for (unsigned k = 0; k < 16; k++) {
        if (at + 4 <= n) {
            float4 p = *(const float4*)(a + at);
            float4 q = *(const float4*)(b + at);
            add(p.x, q.x, dot, first, second);
            add(p.y, q.y, dot, first, second);
            add(p.z, q.z, dot, first, second);
            add(p.w, q.w, dot, first, second);
        } else {
#pragma unroll 1
            for (unsigned i = at; i < n; i++) {
                add(a[i], b[i], dot, first, second);
            }
        }
        at += 4 * THREADS;
    }
    dot = block_sum(dot, scratch);
    first = block_sum(first, scratch);
    second = block_sum(second, scratch);
    if (threadIdx.x == 0) {
        partials[3 * blockIdx.x] = dot;
        partials[3 * blockIdx.x + 1] = first;
        partials[3 * blockIdx.x + 2] = second;
    }
}

// One block; sums the partial sums of `count` blocks.
extern "C" __global__ void __launch_bounds__(THREADS)
    gradient_pair_finish(const float* __restrict__ partials, unsigned count, float* __restrict__ status) {
    __shared__ float scratch[THREADS];
    float dot = 0.0f;
    float first = 0.0f;
    float second = 0.0f;
#pragma unroll 1
    for (unsigned i = threadIdx.x; i < count; i += THREADS) {
        dot += partials[3 * i];
        first += partials[3 * i + 1];
        second += partials[3 * i + 2];
    }
    dot = block_sum(dot, scratch);
    first = block_sum(first, scratch);
    second = block_sum(second, scratch);
    if (threadIdx.x == 0) {
        status[0] = dot;
        status[1] = first;
        status[2] = second;
    }
}

// sum = a + b; where `projected` is 1 and a b < 0, the component of each along the other is subtracted first:
// sum = (a - (a b / |b|^2) b) + (b - (a b / |a|^2) a)
extern "C" __global__ void __launch_bounds__(THREADS)
    gradient_pair_sum(const float* __restrict__ a, const float* __restrict__ b, const float* __restrict__ status,
                      float* __restrict__ sum, unsigned n, int projected) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= n) {
        return;
    }
    float for_a = 1.0f;
    float for_b = 1.0f;
    if (projected != 0) {
        float dot = status[0];
        if (dot < 0.0f) {
            for_a -= dot / status[1];
            for_b -= dot / status[2];
        }
    }
    if (i + 4 <= n) {
        float4 p = *(const float4*)(a + i);
        float4 q = *(const float4*)(b + i);
        *(float4*)(sum + i) = make_float4(for_a * p.x + for_b * q.x, for_a * p.y + for_b * q.y,
                                          for_a * p.z + for_b * q.z, for_a * p.w + for_b * q.w);
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        sum[i] = for_a * a[i] + for_b * b[i];
    }
}
