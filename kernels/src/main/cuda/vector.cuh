// Operations with which one template processes single channels (float) or four adjacent channels (float4).
#pragma once

static __device__ __forceinline__ float zero(float) {
    return 0.0f;
}

static __device__ __forceinline__ float4 zero(float4) {
    return make_float4(0.0f, 0.0f, 0.0f, 0.0f);
}

static __device__ __forceinline__ float plus(float a, float b) {
    return a + b;
}

static __device__ __forceinline__ float4 plus(float4 a, float4 b) {
    return make_float4(a.x + b.x, a.y + b.y, a.z + b.z, a.w + b.w);
}

// a + f b
static __device__ __forceinline__ float plus_scaled(float a, float f, float b) {
    return a + f * b;
}

static __device__ __forceinline__ float4 plus_scaled(float4 a, float f, float4 b) {
    return make_float4(a.x + f * b.x, a.y + f * b.y, a.z + f * b.z, a.w + f * b.w);
}

// a + f (b - a): exactly a where both are equal
static __device__ __forceinline__ float blend(float a, float b, float f) {
    return a + f * (b - a);
}

static __device__ __forceinline__ float4 blend(float4 a, float4 b, float f) {
    return make_float4(blend(a.x, b.x, f), blend(a.y, b.y, f), blend(a.z, b.z, f), blend(a.w, b.w, f));
}

// x where it is positive, slope x elsewhere, for slopes in [0, 1); NaN stays NaN. Without a branch: signs are random,
// and with mispredicted branches a CPU needs four times as long.
static __device__ __forceinline__ float leaky(float x, float slope) {
    return fmaxf(x, slope * x);
}

// 1 where y is positive, slope elsewhere: y > 0 if and only if its bits, taken as an integer, are
static __device__ __forceinline__ float leaky_slope(float y, float slope) {
    int bits = __float_as_int(y);
    int positive = (-bits & ~bits) >> 31;
    return __int_as_float((positive & __float_as_int(1.0f)) | (~positive & __float_as_int(slope)));
}

static __device__ __forceinline__ float4 leaky(float4 x, float slope) {
    return make_float4(leaky(x.x, slope), leaky(x.y, slope), leaky(x.z, slope), leaky(x.w, slope));
}
