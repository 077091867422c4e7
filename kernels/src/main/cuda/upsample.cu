// Up-sampling of (N, H, W, C). Each kernel has two versions; name4 processes four channels per thread, and its C is the
// number of groups of four channels.
#include "interpolation.cuh"
#include "storage.cuh"

// The first of the factor x factor fine vectors of a coarse one. stride: fine vectors of a row
static __device__ __forceinline__ unsigned first_fine(Place coarse, unsigned stride, unsigned channels,
                                                      unsigned factor) {
    return coarse.row * factor * stride + coarse.column * factor * channels + coarse.channel;
}

// One thread for each vector of a coarse pixel; it writes factor x factor fine pixels. `rows` of coarse pixels run over
// all images.
template <typename S, bool ADD>
static __device__ __forceinline__ void nearest_forward(const S* __restrict__ x, const S* __restrict__ fine,
                                                       S* __restrict__ y, unsigned n, unsigned channels,
                                                       unsigned channel_magic, unsigned channel_shift, unsigned w,
                                                       unsigned w_magic, unsigned w_shift, unsigned factor) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place coarse = place_of(t, channels, channel_magic, channel_shift, w, w_magic, w_shift);
    unsigned stride = w * factor * channels;
    unsigned at = first_fine(coarse, stride, channels, factor);
    Wide<S> value = load(x + t);
#pragma unroll 1
    for (unsigned i = 0; i < factor; i++) {
        unsigned to = at;
#pragma unroll 1
        for (unsigned j = 0; j < factor; j++) {
            store(y + to, ADD ? plus(load(fine + to), value) : value);
            to += channels;
        }
        at += stride;
    }
}

template <typename S>
static __device__ __forceinline__ void nearest_backward(const S* __restrict__ dy, S* __restrict__ dx, unsigned n,
                                                        unsigned channels, unsigned channel_magic,
                                                        unsigned channel_shift, unsigned w, unsigned w_magic,
                                                        unsigned w_shift, unsigned factor) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place coarse = place_of(t, channels, channel_magic, channel_shift, w, w_magic, w_shift);
    unsigned stride = w * factor * channels;
    unsigned at = first_fine(coarse, stride, channels, factor);
    Wide<S> sum = zero(Wide<S>());
#pragma unroll 1
    for (unsigned i = 0; i < factor; i++) {
        unsigned from = at;
#pragma unroll 1
        for (unsigned j = 0; j < factor; j++) {
            sum = plus(sum, load(dy + from));
            from += channels;
        }
        at += stride;
    }
    store(dx + t, sum);
}

// One thread for each vector of an output pixel.
template <typename V>
static __device__ __forceinline__ void bilinear_forward(const V* __restrict__ x, V* __restrict__ y, unsigned n,
                                                        unsigned channels, unsigned channel_magic,
                                                        unsigned channel_shift, unsigned w_magic, unsigned w_shift,
                                                        unsigned h_magic, unsigned h_shift, Axis vertical,
                                                        Axis horizontal) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place at = place_of(t, channels, channel_magic, channel_shift, horizontal.output, w_magic, w_shift);
    unsigned image = divide(at.row, h_magic, h_shift);
    unsigned row = at.row - image * vertical.output;
    Tap v = tap(row, vertical);
    Tap h = tap(at.column, horizontal);
    unsigned stride = horizontal.input * channels;
    unsigned top = (image * vertical.input + v.low) * stride + at.channel;
    unsigned bottom = top + (v.high - v.low) * stride;
    unsigned left = h.low * channels;
    unsigned right = h.high * channels;
    y[t] = blend(blend(x[top + left], x[top + right], h.weight), blend(x[bottom + left], x[bottom + right], h.weight),
                 v.weight);
}

struct Range {
    unsigned first;
    unsigned end;
};

// A range that holds every output sample with a weight on input sample i.
static __device__ __forceinline__ Range readers(unsigned i, Axis axis) {
    // Outputs o with i - 1 < (2 o + 1) input / (2 output) - 1/2 < i + 1, and for border samples all outputs beyond the
    // border.
    int numerator = (2 * (int)i - 1) * (int)axis.output - (int)axis.input;
    int first = numerator > 0 ? numerator / (2 * (int)axis.input) : 0;
    int end = ((2 * (int)i + 3) * (int)axis.output - (int)axis.input) / (2 * (int)axis.input) + 1;
    Range range;
    range.first = i == 0 ? 0 : first;
    range.end = i + 1 == axis.input || end > (int)axis.output ? axis.output : end;
    return range;
}

static __device__ __forceinline__ float weight_on(unsigned i, Tap tap) {
    return (tap.low == i ? 1.0f - tap.weight : 0.0f) + (tap.high == i ? tap.weight : 0.0f);
}

// One thread for each vector of an input pixel: it adds the gradients of the outputs that read it, in their order.
template <typename V>
static __device__ __forceinline__ void bilinear_backward(const V* __restrict__ dy, V* __restrict__ dx, unsigned n,
                                                         unsigned channels, unsigned channel_magic,
                                                         unsigned channel_shift, unsigned w_magic, unsigned w_shift,
                                                         unsigned h_magic, unsigned h_shift, Axis vertical,
                                                         Axis horizontal) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    Place at = place_of(t, channels, channel_magic, channel_shift, horizontal.input, w_magic, w_shift);
    unsigned image = divide(at.row, h_magic, h_shift);
    unsigned row = at.row - image * vertical.input;
    Range v = readers(row, vertical);
    Range h = readers(at.column, horizontal);
    V sum = zero(V());
#pragma unroll 1
    for (unsigned i = v.first; i < v.end; i++) {
        float down = weight_on(row, tap(i, vertical));
        unsigned from = (image * vertical.output + i) * horizontal.output * channels + at.channel;
#pragma unroll 1
        for (unsigned j = h.first; j < h.end; j++) {
            float weight = down * weight_on(at.column, tap(j, horizontal));
            sum = plus_scaled(sum, weight, dy[from + j * channels]);
        }
    }
    dx[t] = sum;
}

#define NEAREST(NAME, S)                                                                                              \
    extern "C" __global__ void __launch_bounds__(256) upsample_nearest_forward##NAME(                                 \
        const S* __restrict__ x, S* __restrict__ y, unsigned n, unsigned channels, unsigned channel_magic,            \
        unsigned channel_shift, unsigned w, unsigned w_magic, unsigned w_shift, unsigned factor) {                    \
        nearest_forward<S, false>(x, x, y, n, channels, channel_magic, channel_shift, w, w_magic, w_shift, factor);   \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) upsample_nearest_add_forward##NAME(                             \
        const S* __restrict__ x, const S* __restrict__ fine, S* __restrict__ y, unsigned n, unsigned channels,        \
        unsigned channel_magic, unsigned channel_shift, unsigned w, unsigned w_magic, unsigned w_shift,               \
        unsigned factor) {                                                                                            \
        nearest_forward<S, true>(x, fine, y, n, channels, channel_magic, channel_shift, w, w_magic, w_shift, factor); \
    }                                                                                                                 \
    extern "C" __global__ void __launch_bounds__(256) upsample_nearest_backward##NAME(                                \
        const S* __restrict__ dy, S* __restrict__ dx, unsigned n, unsigned channels, unsigned channel_magic,          \
        unsigned channel_shift, unsigned w, unsigned w_magic, unsigned w_shift, unsigned factor) {                    \
        nearest_backward<S>(dy, dx, n, channels, channel_magic, channel_shift, w, w_magic, w_shift, factor);          \
    }

STORED_LANES(NEAREST)

#define BILINEAR(NAME, V, DIRECTION)                                                                                   \
    extern "C" __global__ void __launch_bounds__(256) upsample_bilinear_##DIRECTION##NAME(                             \
        const V* __restrict__ source, V* __restrict__ target, unsigned n, unsigned channels, unsigned channel_magic,   \
        unsigned channel_shift, unsigned w_magic, unsigned w_shift, unsigned h_magic, unsigned h_shift,                \
        unsigned input_h, unsigned output_h, unsigned vertical_magic, unsigned vertical_shift, float vertical_inverse, \
        unsigned input_w, unsigned output_w, unsigned horizontal_magic, unsigned horizontal_shift,                     \
        float horizontal_inverse) {                                                                                    \
        Axis vertical = {input_h, output_h, vertical_magic, vertical_shift, vertical_inverse};                         \
        Axis horizontal = {input_w, output_w, horizontal_magic, horizontal_shift, horizontal_inverse};                 \
        bilinear_##DIRECTION<V>(source, target, n, channels, channel_magic, channel_shift, w_magic, w_shift, h_magic,  \
                                h_shift, vertical, horizontal);                                                        \
    }

BILINEAR(, float, forward)
BILINEAR(4, float4, forward)
BILINEAR(, float, backward)
BILINEAR(4, float4, backward)
