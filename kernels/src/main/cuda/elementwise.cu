// Elementwise operations. Arrays start at a multiple of 16 bytes; a thread processes four elements.
#include "storage.cuh"

extern "C" __global__ void __launch_bounds__(256) elementwise_fill(float* __restrict__ y, float value, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        *(float4*)(y + i) = make_float4(value, value, value, value);
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        y[i] = value;
    }
}

template <typename S>
static __device__ __forceinline__ void add(const S* __restrict__ a, const S* __restrict__ b, S* __restrict__ y,
                                           unsigned n) {
    typedef typename Storage<S>::Four Four;
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        store((Four*)(y + i), plus(load((const Four*)(a + i)), load((const Four*)(b + i))));
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        store(y + i, load(a + i) + load(b + i));
    }
}

// y = factor x
extern "C" __global__ void __launch_bounds__(256)
    elementwise_scale(const float* __restrict__ x, float* __restrict__ y, float factor, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        float4 p = *(const float4*)(x + i);
        *(float4*)(y + i) = make_float4(factor * p.x, factor * p.y, factor * p.z, factor * p.w);
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        y[i] = factor * x[i];
    }
}

// y = factor[0] x, for a factor that another kernel computed
extern "C" __global__ void __launch_bounds__(256)
    elementwise_scale_by(const float* __restrict__ x, const float* __restrict__ factor, float* __restrict__ y,
                         unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= n) {
        return;
    }
    float f = factor[0];
    if (i + 4 <= n) {
        float4 p = *(const float4*)(x + i);
        *(float4*)(y + i) = make_float4(f * p.x, f * p.y, f * p.z, f * p.w);
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        y[i] = f * x[i];
    }
}

// y = x where x > 0, slope x elsewhere; NaN stays NaN
template <typename S>
static __device__ __forceinline__ void leaky_forward(const S* __restrict__ x, S* __restrict__ y, float slope,
                                                     unsigned n) {
    typedef typename Storage<S>::Four Four;
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        store((Four*)(y + i), leaky(load((const Four*)(x + i)), slope));
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        store(y + i, leaky(load(x + i), slope));
    }
}

// dx = dy where y > 0, slope dy elsewhere; y has the sign of x, so x is not needed
template <typename S>
static __device__ __forceinline__ void leaky_backward(const S* __restrict__ y, const S* __restrict__ dy,
                                                      S* __restrict__ dx, float slope, unsigned n) {
    typedef typename Storage<S>::Four Four;
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        float4 p = load((const Four*)(y + i));
        float4 q = load((const Four*)(dy + i));
        store((Four*)(dx + i), make_float4(q.x * leaky_slope(p.x, slope), q.y * leaky_slope(p.y, slope),
                                           q.z * leaky_slope(p.z, slope), q.w * leaky_slope(p.w, slope)));
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        store(dx + i, load(dy + i) * leaky_slope(load(y + i), slope));
    }
}

#define ELEMENTWISE(NAME, S)                                                                                     \
    extern "C" __global__ void __launch_bounds__(256)                                                            \
        elementwise_add##NAME(const S* __restrict__ a, const S* __restrict__ b, S* __restrict__ y, unsigned n) { \
        add(a, b, y, n);                                                                                         \
    }                                                                                                            \
    extern "C" __global__ void __launch_bounds__(256)                                                            \
        leaky_relu_forward##NAME(const S* __restrict__ x, S* __restrict__ y, float slope, unsigned n) {          \
        leaky_forward(x, y, slope, n);                                                                           \
    }                                                                                                            \
    extern "C" __global__ void __launch_bounds__(256) leaky_relu_backward##NAME(                                 \
        const S* __restrict__ y, const S* __restrict__ dy, S* __restrict__ dx, float slope, unsigned n) {        \
        leaky_backward(y, dy, dx, slope, n);                                                                     \
    }

STORED(ELEMENTWISE)

// y = the sum of weight_i x_i[0] over the first `count` of four scalars, in that order
extern "C" __global__ void __launch_bounds__(32)
    scalar_weighted_sum(const float* __restrict__ x0, const float* __restrict__ x1, const float* __restrict__ x2,
                        const float* __restrict__ x3, float weight0, float weight1, float weight2, float weight3,
                        int count, float* __restrict__ y) {
    if (blockIdx.x * blockDim.x + threadIdx.x != 0) {
        return;
    }
    float sum = weight0 * x0[0];
    if (count > 1) {
        sum += weight1 * x1[0];
    }
    if (count > 2) {
        sum += weight2 * x2[0];
    }
    if (count > 3) {
        sum += weight3 * x3[0];
    }
    y[0] = sum;
}
