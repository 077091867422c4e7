// Between float and 16-bit storage. Arrays start at a multiple of 16 bytes (8 for the 16-bit ones); a thread processes
// four elements.
#include "storage.cuh"

template <typename From, typename To>
static __device__ __forceinline__ void cast(const From* __restrict__ x, To* __restrict__ y, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        store((typename Storage<To>::Four*)(y + i), load((const typename Storage<From>::Four*)(x + i)));
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        store(y + i, load(x + i));
    }
}

#define CAST(NAME, S)                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                 \
        cast_to##NAME(const float* __restrict__ x, S* __restrict__ y, unsigned n) {   \
        cast(x, y, n);                                                                \
    }                                                                                 \
    extern "C" __global__ void __launch_bounds__(256)                                 \
        cast_from##NAME(const S* __restrict__ x, float* __restrict__ y, unsigned n) { \
        cast(x, y, n);                                                                \
    }

CAST(_bf16, Bfloat)
CAST(_f16, Half)

// x *= factor[0] in place, for a factor that the host changes between runs
extern "C" __global__ void __launch_bounds__(256)
    scale_in_place(float* __restrict__ x, const float* __restrict__ factor, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= n) {
        return;
    }
    float f = factor[0];
    if (i + 4 <= n) {
        float4 p = *(float4*)(x + i);
        *(float4*)(x + i) = make_float4(f * p.x, f * p.y, f * p.z, f * p.w);
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        x[i] *= f;
    }
}
