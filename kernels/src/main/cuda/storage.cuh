// Storage types of elements: float, or 16 bits. Arithmetic is always in float; `load` widens and `store` rounds to the
// nearest, ties to even. Each storage type has a version for single elements and one for four adjacent elements, like
// float and float4. A kernel written for any storage type S computes with Wide<S>, and STORED defines its entries:
// name, name_bf16 and name_f16.
#pragma once
#include "vector.cuh"

struct Bfloat {
    unsigned short bits;
};

struct __align__(8) Bfloat4 {
    unsigned low;
    unsigned high;
};

struct Half {
    unsigned short bits;
};

struct __align__(8) Half4 {
    unsigned low;
    unsigned high;
};

// Single: the type of one element. Float: the type in which a vector is computed.
template <typename S>
struct Storage;

template <>
struct Storage<float> {
    typedef float Single;
    typedef float4 Four;
    typedef float Float;
};

template <>
struct Storage<float4> {
    typedef float Single;
    typedef float4 Four;
    typedef float4 Float;
};

template <>
struct Storage<Bfloat> {
    typedef Bfloat Single;
    typedef Bfloat4 Four;
    typedef float Float;
};

template <>
struct Storage<Bfloat4> {
    typedef Bfloat Single;
    typedef Bfloat4 Four;
    typedef float4 Float;
};

template <>
struct Storage<Half> {
    typedef Half Single;
    typedef Half4 Four;
    typedef float Float;
};

template <>
struct Storage<Half4> {
    typedef Half Single;
    typedef Half4 Four;
    typedef float4 Float;
};

template <typename S>
using Wide = typename Storage<S>::Float;

// The upper half of a float's bits, rounded; without a branch, for speed on CPUs. A NaN stays a NaN.
static __device__ __forceinline__ unsigned bfloat_bits(float x) {
    unsigned bits = __float_as_uint(x);
    unsigned rounded = (bits + 0x7fffu + ((bits >> 16) & 1u)) >> 16;
    return x != x ? 0x7fffu : rounded;
}

static __device__ __forceinline__ float half_value(unsigned short bits) {
    float value;
    asm("cvt.f32.f16 %0, %1;" : "=f"(value) : "h"(bits));
    return value;
}

static __device__ __forceinline__ unsigned half_bits(float x) {
    unsigned short bits;
    asm("cvt.rn.f16.f32 %0, %1;" : "=h"(bits) : "f"(x));
    return bits;
}

static __device__ __forceinline__ float load(const float* p) {
    return *p;
}

static __device__ __forceinline__ float4 load(const float4* p) {
    return *p;
}

static __device__ __forceinline__ float load(const Bfloat* p) {
    return __uint_as_float((unsigned)p->bits << 16);
}

static __device__ __forceinline__ float4 load(const Bfloat4* p) {
    uint2 words = *(const uint2*)p;
    return make_float4(__uint_as_float(words.x << 16), __uint_as_float(words.x & 0xffff0000u),
                       __uint_as_float(words.y << 16), __uint_as_float(words.y & 0xffff0000u));
}

static __device__ __forceinline__ float load(const Half* p) {
    return half_value(p->bits);
}

static __device__ __forceinline__ float4 load(const Half4* p) {
    uint2 words = *(const uint2*)p;
    return make_float4(half_value((unsigned short)words.x), half_value((unsigned short)(words.x >> 16)),
                       half_value((unsigned short)words.y), half_value((unsigned short)(words.y >> 16)));
}

static __device__ __forceinline__ void store(float* p, float v) {
    *p = v;
}

static __device__ __forceinline__ void store(float4* p, float4 v) {
    *p = v;
}

static __device__ __forceinline__ void store(Bfloat* p, float v) {
    p->bits = (unsigned short)bfloat_bits(v);
}

static __device__ __forceinline__ void store(Bfloat4* p, float4 v) {
    *(uint2*)p = make_uint2(bfloat_bits(v.x) | bfloat_bits(v.y) << 16, bfloat_bits(v.z) | bfloat_bits(v.w) << 16);
}

static __device__ __forceinline__ void store(Half* p, float v) {
    p->bits = (unsigned short)half_bits(v);
}

static __device__ __forceinline__ void store(Half4* p, float4 v) {
    *(uint2*)p = make_uint2(half_bits(v.x) | half_bits(v.y) << 16, half_bits(v.z) | half_bits(v.w) << 16);
}

// The value that `load` returns after `store`: x rounded to the storage type.
static __device__ __forceinline__ float rounded(const float*, float v) {
    return v;
}

static __device__ __forceinline__ float rounded(const Bfloat*, float v) {
    return __uint_as_float(bfloat_bits(v) << 16);
}

static __device__ __forceinline__ float rounded(const Half*, float v) {
    return half_value((unsigned short)half_bits(v));
}

static __device__ __forceinline__ float4 rounded(const float4*, float4 v) {
    return v;
}

static __device__ __forceinline__ float4 rounded(const Bfloat4*, float4 v) {
    const Bfloat* one = nullptr;
    return make_float4(rounded(one, v.x), rounded(one, v.y), rounded(one, v.z), rounded(one, v.w));
}

static __device__ __forceinline__ float4 rounded(const Half4*, float4 v) {
    const Half* one = nullptr;
    return make_float4(rounded(one, v.x), rounded(one, v.y), rounded(one, v.z), rounded(one, v.w));
}

// MACRO(name suffix, storage) for single elements of every storage.
#define STORED(MACRO)    \
    MACRO(, float)       \
    MACRO(_bf16, Bfloat) \
    MACRO(_f16, Half)

// The same for single elements and for fours.
#define STORED_LANES(MACRO) \
    STORED(MACRO)           \
    MACRO(4, float4)        \
    MACRO(4_bf16, Bfloat4)  \
    MACRO(4_f16, Half4)
