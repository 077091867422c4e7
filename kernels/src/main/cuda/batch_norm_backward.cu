// Gradient of batch normalization with residual and activation, x seen as (rows, C). With g = dy behind the activation,
// m = mean, s = 1 / sqrt(variance + epsilon):
//   dbeta = sum g, dgamma = s sum g (x - m), dx = gamma s (g - dbeta / rows - (x - m) s^2 sum g (x - m) / rows).
// Each kernel that reads x has two versions; name4 processes four channels per thread, and its C is the number of
// groups of four channels.
#include "channels.cuh"
#include "division.cuh"

// The source of g.
enum Source {
    PLAIN = 0,  // dy itself
    RECOMPUTED =
        1,  // dy masked by the sign of the normalized x, which the same arithmetic as in the forward pass gives again
    FROM_OUTPUT = 2  // dy masked by the sign of y; the first pass writes it to `masked_gradient` for the second
};

template <typename S>
static __device__ __forceinline__ void gradient_sums(const S* __restrict__ x, const S* __restrict__ y,
                                                     const S* __restrict__ dy, const Wide<S>* __restrict__ mean,
                                                     const Wide<S>* __restrict__ scale,
                                                     const Wide<S>* __restrict__ beta, S* __restrict__ masked_gradient,
                                                     Wide<S>* __restrict__ partials, unsigned rows, unsigned vectors,
                                                     unsigned lane_shift, unsigned rows_per_chunk, unsigned source,
                                                     float slope) {
    typedef Wide<S> V;
    __shared__ V scratch[THREADS];
    Chunk c = chunk_of(rows, vectors, lane_shift, rows_per_chunk);
    V sum = zero(V());
    V product = zero(V());
    if (c.inside) {
        V center = mean[c.vector];
        V factor = scale[c.vector];
        V shift = beta[c.vector];
        unsigned at = c.first * vectors + c.vector;
        unsigned stride = c.step * vectors;
#pragma unroll 2
        for (unsigned row = c.first; row < c.end; row += c.step) {
            V g = load(dy + at);
            V d = minus(load(x + at), center);
            if (source == RECOMPUTED) {
                g = masked(g, fused(d, factor, shift), slope);
            } else if (source == FROM_OUTPUT) {
                // The second pass reads the rounded gradient, so its mean is subtracted.
                g = rounded(masked_gradient, masked(g, load(y + at), slope));
                store(masked_gradient + at, g);
            }
            sum = plus(sum, g);
            product = fused(g, d, product);
            at += stride;
        }
    }
    sum = sum_rows(sum, scratch, lane_shift);
    product = sum_rows(product, scratch, lane_shift);
    if (c.inside && c.row == 0) {
        partials[2 * blockIdx.x * vectors + c.vector] = sum;
        partials[(2 * blockIdx.x + 1) * vectors + c.vector] = product;
    }
}

template <typename V>
static __device__ __forceinline__ V gradient_of(V g, V d, V scale, V mean_gradient, V mean_product);

template <>
__device__ __forceinline__ float gradient_of(float g, float d, float scale, float mean_gradient, float mean_product) {
    return scale * (g - mean_gradient - d * mean_product);
}

template <>
__device__ __forceinline__ float4 gradient_of(float4 g, float4 d, float4 scale, float4 mean_gradient,
                                              float4 mean_product) {
    return make_float4(gradient_of(g.x, d.x, scale.x, mean_gradient.x, mean_product.x),
                       gradient_of(g.y, d.y, scale.y, mean_gradient.y, mean_product.y),
                       gradient_of(g.z, d.z, scale.z, mean_gradient.z, mean_product.z),
                       gradient_of(g.w, d.w, scale.w, mean_gradient.w, mean_product.w));
}

// coefficients (3, C): scale, mean of g, s^2 times the mean of g (x - m). dy is already masked unless source is
// RECOMPUTED.
template <typename S>
static __device__ __forceinline__ void gradient_apply(const S* __restrict__ x, const S* __restrict__ dy,
                                                      const Wide<S>* __restrict__ mean,
                                                      const Wide<S>* __restrict__ beta,
                                                      const Wide<S>* __restrict__ coefficients, S* __restrict__ dx,
                                                      unsigned n, unsigned vectors, unsigned vector_magic,
                                                      unsigned vector_shift, unsigned source, float slope) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned c = t - divide(t, vector_magic, vector_shift) * vectors;
    Wide<S> scale = coefficients[c];
    Wide<S> d = minus(load(x + t), mean[c]);
    Wide<S> g = load(dy + t);
    if (source == RECOMPUTED) {
        g = masked(g, fused(d, scale, beta[c]), slope);
    }
    store(dx + t, gradient_of(g, d, scale, coefficients[vectors + c], coefficients[2 * vectors + c]));
}

// At least 5 blocks for each multiprocessor: without this second number batch_norm_gradient_sums4_bf16 spills 8 bytes
// on sm_86 and sm_89.
#define BATCH_NORM_BACKWARD(NAME, S)                                                                                   \
    extern "C" __global__ void __launch_bounds__(THREADS, 5) batch_norm_gradient_sums##NAME(                           \
        const S* __restrict__ x, const S* __restrict__ y, const S* __restrict__ dy, const Wide<S>* __restrict__ mean,  \
        const Wide<S>* __restrict__ scale, const Wide<S>* __restrict__ beta, S* __restrict__ masked_gradient,          \
        Wide<S>* __restrict__ partials, unsigned rows, unsigned vectors, unsigned lane_shift, unsigned rows_per_chunk, \
        unsigned source, float slope) {                                                                                \
        gradient_sums(x, y, dy, mean, scale, beta, masked_gradient, partials, rows, vectors, lane_shift,               \
                      rows_per_chunk, source, slope);                                                                  \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_gradient_apply##NAME(                             \
        const S* __restrict__ x, const S* __restrict__ dy, const Wide<S>* __restrict__ mean,                           \
        const Wide<S>* __restrict__ beta, const Wide<S>* __restrict__ coefficients, S* __restrict__ dx, unsigned n,    \
        unsigned vectors, unsigned vector_magic, unsigned vector_shift, unsigned source, float slope) {                \
        gradient_apply(x, dy, mean, beta, coefficients, dx, n, vectors, vector_magic, vector_shift, source, slope);    \
    }

STORED_LANES(BATCH_NORM_BACKWARD)

// dgamma, dbeta and the last two rows of coefficients (3, C), whose first row was written before. A block processes
// eight channels.
extern "C" __global__ void __launch_bounds__(THREADS)
    batch_norm_gradient_finish(const float* __restrict__ partials, const float* __restrict__ variance,
                               float* __restrict__ dgamma, float* __restrict__ dbeta, float* __restrict__ coefficients,
                               unsigned rows, unsigned channels, unsigned chunks, float epsilon) {
    __shared__ double scratch[THREADS];
    unsigned channel = 8 * blockIdx.x + (threadIdx.x & 7);
    bool inside = channel < channels;
    double sum = sum_chunks(partials, chunks, 2 * channels, channel, inside, scratch);
    double product = sum_chunks(partials, chunks, 2 * channels, channels + channel, inside, scratch);
    if (inside && threadIdx.x < 8) {
        double s = 1.0 / (double)sqrtf(variance[channel] + epsilon);
        dbeta[channel] = (float)sum;
        dgamma[channel] = (float)(s * product);
        coefficients[channels + channel] = (float)(sum / (double)rows);
        coefficients[2 * channels + channel] = (float)(s * s * product / (double)rows);
    }
}
