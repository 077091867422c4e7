// Operations on each element by itself. Arrays start at a multiple of 16 bytes; a thread does four elements.
#include "vector.cuh"

extern "C" __global__ void elementwise_fill(float* __restrict__ y, float value, unsigned n) {
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

extern "C" __global__ void elementwise_add(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ y,
                                           unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        float4 p = *(const float4*)(a + i);
        float4 q = *(const float4*)(b + i);
        *(float4*)(y + i) = plus(p, q);
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        y[i] = a[i] + b[i];
    }
}

// y = factor x
extern "C" __global__ void elementwise_scale(const float* __restrict__ x, float* __restrict__ y, float factor, unsigned n) {
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
extern "C" __global__ void elementwise_scale_by(const float* __restrict__ x, const float* __restrict__ factor,
                                                float* __restrict__ y, unsigned n) {
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
extern "C" __global__ void leaky_relu_forward(const float* __restrict__ x, float* __restrict__ y, float slope, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        float4 p = *(const float4*)(x + i);
        *(float4*)(y + i) = leaky(p, slope);
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        y[i] = leaky(x[i], slope);
    }
}

// dx = dy where y > 0, slope dy elsewhere; y has the sign of x, so x need not be kept
extern "C" __global__ void leaky_relu_backward(const float* __restrict__ y, const float* __restrict__ dy,
                                               float* __restrict__ dx, float slope, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        float4 p = *(const float4*)(y + i);
        float4 q = *(const float4*)(dy + i);
        *(float4*)(dx + i) = make_float4(q.x * leaky_slope(p.x, slope), q.y * leaky_slope(p.y, slope),
                                         q.z * leaky_slope(p.z, slope), q.w * leaky_slope(p.w, slope));
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        dx[i] = dy[i] * leaky_slope(y[i], slope);
    }
}

// y = the sum of weight_i x_i[0] over the first `count` of four scalars, in that order
extern "C" __global__ void scalar_weighted_sum(const float* __restrict__ x0, const float* __restrict__ x1,
                                               const float* __restrict__ x2, const float* __restrict__ x3, float weight0,
                                               float weight1, float weight2, float weight3, int count,
                                               float* __restrict__ y) {
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
