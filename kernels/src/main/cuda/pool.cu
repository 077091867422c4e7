// Pooling of (N, H, W, C). Each kernel has two versions; name4 processes four channels per thread, and its C is the
// number of groups of four channels.
#include "channels.cuh"
#include "division.cuh"

// The sizes of a max pooling: window x window pixels every `stride`, `padding` on all sides, output (N, out_h, out_w,
// C).
struct Window {
    unsigned window;
    unsigned stride;
    unsigned padding;
    unsigned h;
    unsigned w;
    unsigned out_h;
    unsigned out_w;
};

static __device__ __forceinline__ void take(float v, unsigned index, float& best, unsigned char& at) {
    // The first of equal values is selected. A NaN is selected too, so that it is not hidden.
    if (v > best || v != v) {
        best = v;
        at = (unsigned char)index;
    }
}

static __device__ __forceinline__ void take(float v, unsigned index, float& best, unsigned& at) {
    if (v > best || v != v) {
        best = v;
        at = index;
    }
}

static __device__ __forceinline__ void take(float4 v, unsigned index, float4& best, uchar4& at) {
    take(v.x, index, best.x, at.x);
    take(v.y, index, best.y, at.y);
    take(v.z, index, best.z, at.z);
    take(v.w, index, best.w, at.w);
}

static __device__ __forceinline__ void start(unsigned index, float& best, unsigned char& at) {
    best = __int_as_float(0xff800000);
    at = (unsigned char)index;
}

static __device__ __forceinline__ void start(unsigned index, float& best, unsigned& at) {
    best = __int_as_float(0xff800000);
    at = index;
}

static __device__ __forceinline__ void start(unsigned index, float4& best, uchar4& at) {
    start(index, best.x, at.x);
    start(index, best.y, at.y);
    start(index, best.z, at.z);
    start(index, best.w, at.w);
}

// reserve: for each output the index of the selected pixel in its window, row by row
template <typename S, typename I>
static __device__ __forceinline__ void forward(const S* __restrict__ x, S* __restrict__ y, I* __restrict__ reserve,
                                               unsigned n, unsigned vectors, unsigned vector_magic,
                                               unsigned vector_shift, unsigned w_magic, unsigned w_shift,
                                               unsigned h_magic, unsigned h_shift, Window size) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place place = place_of(t, vectors, vector_magic, vector_shift, size.out_w, w_magic, w_shift);
    unsigned image = divide(place.row, h_magic, h_shift);
    int top = (int)((place.row - image * size.out_h) * size.stride) - (int)size.padding;
    int left = (int)(place.column * size.stride) - (int)size.padding;
    unsigned first_r = top < 0 ? -top : 0;
    unsigned first_s = left < 0 ? -left : 0;
    unsigned end_r = min(size.window, (unsigned)((int)size.h - top));
    unsigned end_s = min(size.window, (unsigned)((int)size.w - left));
    Wide<S> best;
    I at;
    start(first_r * size.window + first_s, best, at);
#pragma unroll 1
    for (unsigned r = first_r; r < end_r; r++) {
        const S* from =
            x + ((image * size.h + (unsigned)(top + (int)r)) * size.w + (unsigned)(left + (int)first_s)) * vectors +
            place.channel;
#pragma unroll 1
        for (unsigned s = first_s; s < end_s; s++) {
            take(load(from), r * size.window + s, best, at);
            from += vectors;
        }
    }
    store(y + t, best);
    reserve[t] = at;
}

static __device__ __forceinline__ float chosen(float dy, unsigned at, unsigned index) {
    return at == index ? dy : 0.0f;
}

static __device__ __forceinline__ float4 chosen(float4 dy, uchar4 at, unsigned index) {
    return make_float4(chosen(dy.x, at.x, index), chosen(dy.y, at.y, index), chosen(dy.z, at.z, index),
                       chosen(dy.w, at.w, index));
}

// Each input adds the gradients of the outputs whose windows contain it, in their order.
template <typename S, typename I>
static __device__ __forceinline__ void backward(const S* __restrict__ dy, const I* __restrict__ reserve,
                                                S* __restrict__ dx, unsigned n, unsigned vectors, unsigned vector_magic,
                                                unsigned vector_shift, unsigned w_magic, unsigned w_shift,
                                                unsigned h_magic, unsigned h_shift, unsigned stride_magic,
                                                unsigned stride_shift, Window size) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place place = place_of(t, vectors, vector_magic, vector_shift, size.w, w_magic, w_shift);
    unsigned image = divide(place.row, h_magic, h_shift);
    unsigned row = place.row - image * size.h + size.padding;
    unsigned column = place.column + size.padding;
    unsigned first_p = row < size.window ? 0 : divide(row - size.window, stride_magic, stride_shift) + 1;
    unsigned first_q = column < size.window ? 0 : divide(column - size.window, stride_magic, stride_shift) + 1;
    unsigned end_p = min(size.out_h, divide(row, stride_magic, stride_shift) + 1);
    unsigned end_q = min(size.out_w, divide(column, stride_magic, stride_shift) + 1);
    Wide<S> sum = zero(Wide<S>());
#pragma unroll 1
    for (unsigned p = first_p; p < end_p; p++) {
#pragma unroll 1
        for (unsigned q = first_q; q < end_q; q++) {
            unsigned output = ((image * size.out_h + p) * size.out_w + q) * vectors + place.channel;
            unsigned index = (row - p * size.stride) * size.window + (column - q * size.stride);
            sum = plus(sum, chosen(load(dy + output), reserve[output], index));
        }
    }
    store(dx + t, sum);
}

#define MAX_POOL(NAME, S, I)                                                                                           \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                              \
        max_pool_forward##NAME(const S* __restrict__ x, S* __restrict__ y, I* __restrict__ reserve, unsigned n,        \
                               unsigned vectors, unsigned vector_magic, unsigned vector_shift, unsigned w_magic,       \
                               unsigned w_shift, unsigned h_magic, unsigned h_shift, unsigned window, unsigned stride, \
                               unsigned padding, unsigned h, unsigned w, unsigned out_h, unsigned out_w) {             \
        Window size = {window, stride, padding, h, w, out_h, out_w};                                                   \
        forward<S, I>(x, y, reserve, n, vectors, vector_magic, vector_shift, w_magic, w_shift, h_magic, h_shift,       \
                      size);                                                                                           \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS) max_pool_backward##NAME(                                     \
        const S* __restrict__ dy, const I* __restrict__ reserve, S* __restrict__ dx, unsigned n, unsigned vectors,     \
        unsigned vector_magic, unsigned vector_shift, unsigned w_magic, unsigned w_shift, unsigned h_magic,            \
        unsigned h_shift, unsigned stride_magic, unsigned stride_shift, unsigned window, unsigned stride,              \
        unsigned padding, unsigned h, unsigned w, unsigned out_h, unsigned out_w) {                                    \
        Window size = {window, stride, padding, h, w, out_h, out_w};                                                   \
        backward<S, I>(dy, reserve, dx, n, vectors, vector_magic, vector_shift, w_magic, w_shift, h_magic, h_shift,    \
                       stride_magic, stride_shift, size);                                                              \
    }

MAX_POOL(, float, unsigned char)
MAX_POOL(4, float4, uchar4)
MAX_POOL(_bf16, Bfloat, unsigned char)
MAX_POOL(4_bf16, Bfloat4, uchar4)
MAX_POOL(_f16, Half, unsigned char)
MAX_POOL(4_f16, Half4, uchar4)
// Windows of 256 pixels and more, whose index does not fit a byte.
MAX_POOL(_wide, float, unsigned)
MAX_POOL(_wide_bf16, Bfloat, unsigned)
MAX_POOL(_wide_f16, Half, unsigned)

// y (N, C): the mean of x (N, count, C). A block adds 32 channels of an image, THREADS / 32 pixels at a time.
template <typename S>
static __device__ __forceinline__ void average(const S* __restrict__ x, S* __restrict__ y, unsigned count,
                                               unsigned channels) {
    __shared__ float scratch[THREADS];
    unsigned c = 32 * blockIdx.y + (threadIdx.x & 31);
    float sum = 0.0f;
    if (c < channels) {
        const S* from = x + (blockIdx.x * count + (threadIdx.x >> 5)) * channels + c;
#pragma unroll 4
        for (unsigned i = threadIdx.x >> 5; i < count; i += THREADS / 32) {
            sum += load(from);
            from += THREADS / 32 * channels;
        }
    }
    sum = sum_rows(sum, scratch, 5);
    if (c < channels && threadIdx.x < 32) {
        store(y + blockIdx.x * channels + c, sum / (float)count);
    }
}

// dx (N, count, C) = dy (N, C) / count
template <typename S>
static __device__ __forceinline__ void spread(const S* __restrict__ dy, S* __restrict__ dx, unsigned n, unsigned count,
                                              unsigned channels, unsigned channel_magic, unsigned channel_shift,
                                              unsigned count_magic, unsigned count_shift) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned pixel = divide(t, channel_magic, channel_shift);
    unsigned image = divide(pixel, count_magic, count_shift);
    store(dx + t, load(dy + image * channels + t - pixel * channels) / (float)count);
}

#define GLOBAL_AVERAGE(NAME, S)                                                                                       \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                             \
        global_average_forward##NAME(const S* __restrict__ x, S* __restrict__ y, unsigned count, unsigned channels) { \
        average(x, y, count, channels);                                                                               \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(THREADS) global_average_backward##NAME(                              \
        const S* __restrict__ dy, S* __restrict__ dx, unsigned n, unsigned count, unsigned channels,                  \
        unsigned channel_magic, unsigned channel_shift, unsigned count_magic, unsigned count_shift) {                 \
        spread(dy, dx, n, count, channels, channel_magic, channel_shift, count_magic, count_shift);                   \
    }

STORED(GLOBAL_AVERAGE)
