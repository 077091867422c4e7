// The median of three values.
#pragma once

// Not NaN where at most one of them is.
static __device__ __forceinline__ float median(float a, float b, float c) {
    return fmaxf(fminf(a, b), fminf(fmaxf(a, b), c));
}

static __device__ __forceinline__ float4 median(float4 a, float4 b, float4 c) {
    return make_float4(median(a.x, b.x, c.x), median(a.y, b.y, c.y), median(a.z, b.z, c.z), median(a.w, b.w, c.w));
}
