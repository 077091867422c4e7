// Sums over images of several sizes (context enhancement) and along one axis. Each kernel has two versions; name4
// processes four channels per thread, and its C is the number of groups of four channels.
#include "division.cuh"
#include "storage.cuh"

// y (N, H, W, C) = leaky(sum of the first `count` maps, map k up-sampled by 2^level_k, + global (N, 1, 1, C) of the
// image)
template <typename S>
static __device__ __forceinline__ void enhance(const S* __restrict__ x0, const S* __restrict__ x1,
                                               const S* __restrict__ x2, const S* __restrict__ x3, unsigned count,
                                               unsigned level0, unsigned level1, unsigned level2, unsigned level3,
                                               const S* __restrict__ global, S* __restrict__ y, unsigned n,
                                               unsigned channels, unsigned channel_magic, unsigned channel_shift,
                                               unsigned w, unsigned w_magic, unsigned w_shift, unsigned h,
                                               unsigned h_magic, unsigned h_shift, float slope) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place at = place_of(t, channels, channel_magic, channel_shift, w, w_magic, w_shift);
    unsigned image = divide(at.row, h_magic, h_shift);
    // H is a multiple of 2^level, so rows >> level is the row of the small map, counted over all images.
    Wide<S> sum = load(x0 + ((at.row >> level0) * (w >> level0) + (at.column >> level0)) * channels + at.channel);
    if (count > 1) {
        sum =
            plus(sum, load(x1 + ((at.row >> level1) * (w >> level1) + (at.column >> level1)) * channels + at.channel));
    }
    if (count > 2) {
        sum =
            plus(sum, load(x2 + ((at.row >> level2) * (w >> level2) + (at.column >> level2)) * channels + at.channel));
    }
    if (count > 3) {
        sum =
            plus(sum, load(x3 + ((at.row >> level3) * (w >> level3) + (at.column >> level3)) * channels + at.channel));
    }
    store(y + t, leaky(plus(sum, load(global + image * channels + at.channel)), slope));
}

// y (outer, C), in float, = sum over the middle axis of x (outer, count, C), in its order
template <typename S>
static __device__ __forceinline__ void sum_axis(const S* __restrict__ x, Wide<S>* __restrict__ y, unsigned n,
                                                unsigned count, unsigned channels, unsigned channel_magic,
                                                unsigned channel_shift) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned outer = divide(t, channel_magic, channel_shift);
    const S* from = x + outer * count * channels + (t - outer * channels);
    Wide<S> sum = zero(Wide<S>());
#pragma unroll 1
    for (unsigned i = 0; i < count; i++) {
        sum = plus(sum, load(from));
        from += channels;
    }
    y[t] = sum;
}

#define MERGE(NAME, S)                                                                                          \
    extern "C" __global__ void __launch_bounds__(256) merge_enhance_forward##NAME(                              \
        const S* __restrict__ x0, const S* __restrict__ x1, const S* __restrict__ x2, const S* __restrict__ x3, \
        unsigned count, unsigned level0, unsigned level1, unsigned level2, unsigned level3,                     \
        const S* __restrict__ global, S* __restrict__ y, unsigned n, unsigned channels, unsigned channel_magic, \
        unsigned channel_shift, unsigned w, unsigned w_magic, unsigned w_shift, unsigned h, unsigned h_magic,   \
        unsigned h_shift, float slope) {                                                                        \
        enhance(x0, x1, x2, x3, count, level0, level1, level2, level3, global, y, n, channels, channel_magic,   \
                channel_shift, w, w_magic, w_shift, h, h_magic, h_shift, slope);                                \
    }                                                                                                           \
    extern "C" __global__ void __launch_bounds__(256)                                                           \
        axis_sum##NAME(const S* __restrict__ x, Wide<S>* __restrict__ y, unsigned n, unsigned count,            \
                       unsigned channels, unsigned channel_magic, unsigned channel_shift) {                     \
        sum_axis(x, y, n, count, channels, channel_magic, channel_shift);                                       \
    }

STORED_LANES(MERGE)
