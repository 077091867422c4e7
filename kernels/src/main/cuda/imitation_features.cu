// The loss between feature maps: sum over cells of cell weight * |student - teacher|^2, with its gradient. Each map is
// read once and the gradient written once.
#include "division.cuh"
#include "imitation.cuh"
#include "vector.cuh"

// Vectors that a thread reads, THREADS apart.
#define STEPS 16

static __device__ __forceinline__ float minus(float a, float b) {
    return a - b;
}

static __device__ __forceinline__ float4 minus(float4 a, float4 b) {
    return make_float4(a.x - b.x, a.y - b.y, a.z - b.z, a.w - b.w);
}

static __device__ __forceinline__ float squared(float a) {
    return a * a;
}

static __device__ __forceinline__ float squared(float4 a) {
    return a.x * a.x + a.y * a.y + (a.z * a.z + a.w * a.w);
}

// Maps (N, cells of one level, channels), `vectors` of V an image; a cell's weight is in row n of `cells`, from
// `offset` on. Cells of weight 0, such as those of images without a teacher, are not read.
template <typename V>
static __device__ __forceinline__ void features(const V* student, const V* teacher, const float* cells, V* gradient,
                                                float* partials, int vectors, unsigned magic, unsigned shift,
                                                int cells_per_image, int offset, int blocks_per_image) {
    __shared__ float shared[THREADS];
    int n = blockIdx.x / blocks_per_image;
    int j = (blockIdx.x - n * blocks_per_image) * (THREADS * STEPS) + threadIdx.x;
    const float* row = cells + n * cells_per_image + offset;
    float loss = 0.0f;
#pragma unroll 1
    for (int step = 0; step < STEPS; step++) {
        if (j < vectors) {
            int i = n * vectors + j;
            V slope = zero(V());
            float weight = row[divide(j, magic, shift)];
            if (weight != 0.0f) {
                V difference = minus(student[i], teacher[i]);
                loss += weight * squared(difference);
                slope = plus_scaled(slope, 2.0f * weight, difference);
            }
            gradient[i] = slope;
        }
        j += THREADS;
    }
    write_partial(partials, loss, shared);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_features(const float* __restrict__ student, const float* __restrict__ teacher,
                       const float* __restrict__ cells, float* __restrict__ gradient, float* __restrict__ partials,
                       int vectors, unsigned magic, unsigned shift, int cells_per_image, int offset,
                       int blocks_per_image) {
    features(student, teacher, cells, gradient, partials, vectors, magic, shift, cells_per_image, offset,
             blocks_per_image);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_features4(const float4* __restrict__ student, const float4* __restrict__ teacher,
                        const float* __restrict__ cells, float4* __restrict__ gradient, float* __restrict__ partials,
                        int vectors, unsigned magic, unsigned shift, int cells_per_image, int offset,
                        int blocks_per_image) {
    features(student, teacher, cells, gradient, partials, vectors, magic, shift, cells_per_image, offset,
             blocks_per_image);
}
