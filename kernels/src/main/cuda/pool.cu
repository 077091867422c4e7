// Pooling of (N, H, W, C). Each kernel comes twice: name4 takes four channels a thread and counts C in fours.
#include "channels.cuh"
#include "division.cuh"

// The sizes of a max pooling: window x window pixels every `stride`, `padding` on all sides, output (N, outH, outW, C).
struct Window {
    unsigned window;
    unsigned stride;
    unsigned padding;
    unsigned h;
    unsigned w;
    unsigned outH;
    unsigned outW;
};

static __device__ __forceinline__ void take(float v, unsigned index, float& best, unsigned char& at) {
    // The first of equal values wins, and so does not-a-number, which must not vanish.
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

// reserve: for each output which pixel of its window won, row by row
template <typename S, typename I>
static __device__ __forceinline__ void forward(const S* __restrict__ x, S* __restrict__ y, I* __restrict__ reserve,
                                               unsigned n, unsigned vectors, unsigned vectorMagic, unsigned vectorShift,
                                               unsigned wMagic, unsigned wShift, unsigned hMagic, unsigned hShift,
                                               Window size) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place place = place_of(t, vectors, vectorMagic, vectorShift, size.outW, wMagic, wShift);
    unsigned image = divide(place.row, hMagic, hShift);
    int top = (int)((place.row - image * size.outH) * size.stride) - (int)size.padding;
    int left = (int)(place.column * size.stride) - (int)size.padding;
    unsigned firstR = top < 0 ? -top : 0;
    unsigned firstS = left < 0 ? -left : 0;
    unsigned endR = min(size.window, (unsigned)((int)size.h - top));
    unsigned endS = min(size.window, (unsigned)((int)size.w - left));
    Wide<S> best;
    I at;
    start(firstR * size.window + firstS, best, at);
#pragma unroll 1
    for (unsigned r = firstR; r < endR; r++) {
        const S* from =
            x + ((image * size.h + (unsigned)(top + (int)r)) * size.w + (unsigned)(left + (int)firstS)) * vectors +
            place.channel;
#pragma unroll 1
        for (unsigned s = firstS; s < endS; s++) {
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

// Each input gathers from the outputs whose windows it lies in, in their order.
template <typename S, typename I>
static __device__ __forceinline__ void backward(const S* __restrict__ dy, const I* __restrict__ reserve,
                                                S* __restrict__ dx, unsigned n, unsigned vectors, unsigned vectorMagic,
                                                unsigned vectorShift, unsigned wMagic, unsigned wShift, unsigned hMagic,
                                                unsigned hShift, unsigned strideMagic, unsigned strideShift,
                                                Window size) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place place = place_of(t, vectors, vectorMagic, vectorShift, size.w, wMagic, wShift);
    unsigned image = divide(place.row, hMagic, hShift);
    unsigned row = place.row - image * size.h + size.padding;
    unsigned column = place.column + size.padding;
    unsigned firstP = row < size.window ? 0 : divide(row - size.window, strideMagic, strideShift) + 1;
    unsigned firstQ = column < size.window ? 0 : divide(column - size.window, strideMagic, strideShift) + 1;
    unsigned endP = min(size.outH, divide(row, strideMagic, strideShift) + 1);
    unsigned endQ = min(size.outW, divide(column, strideMagic, strideShift) + 1);
    Wide<S> sum = zero(Wide<S>());
#pragma unroll 1
    for (unsigned p = firstP; p < endP; p++) {
#pragma unroll 1
        for (unsigned q = firstQ; q < endQ; q++) {
            unsigned output = ((image * size.outH + p) * size.outW + q) * vectors + place.channel;
            unsigned index = (row - p * size.stride) * size.window + (column - q * size.stride);
            sum = plus(sum, chosen(load(dy + output), reserve[output], index));
        }
    }
    store(dx + t, sum);
}

#define MAX_POOL(NAME, S, I)                                                                                        \
    extern "C" __global__ void __launch_bounds__(256)                                                               \
        max_pool_forward##NAME(const S* __restrict__ x, S* __restrict__ y, I* __restrict__ reserve, unsigned n,     \
                               unsigned vectors, unsigned vectorMagic, unsigned vectorShift, unsigned wMagic,       \
                               unsigned wShift, unsigned hMagic, unsigned hShift, unsigned window, unsigned stride, \
                               unsigned padding, unsigned h, unsigned w, unsigned outH, unsigned outW) {            \
        Window size = {window, stride, padding, h, w, outH, outW};                                                  \
        forward<S, I>(x, y, reserve, n, vectors, vectorMagic, vectorShift, wMagic, wShift, hMagic, hShift, size);   \
    }                                                                                                               \
    extern "C" __global__ void __launch_bounds__(256) max_pool_backward##NAME(                                      \
        const S* __restrict__ dy, const I* __restrict__ reserve, S* __restrict__ dx, unsigned n, unsigned vectors,  \
        unsigned vectorMagic, unsigned vectorShift, unsigned wMagic, unsigned wShift, unsigned hMagic,              \
        unsigned hShift, unsigned strideMagic, unsigned strideShift, unsigned window, unsigned stride,              \
        unsigned padding, unsigned h, unsigned w, unsigned outH, unsigned outW) {                                   \
        Window size = {window, stride, padding, h, w, outH, outW};                                                  \
        backward<S, I>(dy, reserve, dx, n, vectors, vectorMagic, vectorShift, wMagic, wShift, hMagic, hShift,       \
                       strideMagic, strideShift, size);                                                             \
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

// y (N, C): the mean of x (N, count, C). A block adds 32 channels of an image, eight pixels at a time.
template <typename S>
static __device__ __forceinline__ void average(const S* __restrict__ x, S* __restrict__ y, unsigned count,
                                               unsigned channels) {
    __shared__ float scratch[256];
    unsigned c = 32 * blockIdx.y + (threadIdx.x & 31);
    float sum = 0.0f;
    if (c < channels) {
        const S* from = x + (blockIdx.x * count + (threadIdx.x >> 5)) * channels + c;
#pragma unroll 4
        for (unsigned i = threadIdx.x >> 5; i < count; i += 8) {
            sum += load(from);
            from += 8 * channels;
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
                                              unsigned channels, unsigned channelMagic, unsigned channelShift,
                                              unsigned countMagic, unsigned countShift) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned pixel = divide(t, channelMagic, channelShift);
    unsigned image = divide(pixel, countMagic, countShift);
    store(dx + t, load(dy + image * channels + t - pixel * channels) / (float)count);
}

#define GLOBAL_AVERAGE(NAME, S)                                                                                       \
    extern "C" __global__ void __launch_bounds__(256)                                                                 \
        global_average_forward##NAME(const S* __restrict__ x, S* __restrict__ y, unsigned count, unsigned channels) { \
        average(x, y, count, channels);                                                                               \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) global_average_backward##NAME(                                  \
        const S* __restrict__ dy, S* __restrict__ dx, unsigned n, unsigned count, unsigned channels,                  \
        unsigned channelMagic, unsigned channelShift, unsigned countMagic, unsigned countShift) {                     \
        spread(dy, dx, n, count, channels, channelMagic, channelShift, countMagic, countShift);                       \
    }

STORED(GLOBAL_AVERAGE)
