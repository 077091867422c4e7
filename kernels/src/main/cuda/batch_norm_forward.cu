// Batch normalization of x, seen as (rows, C), with residual and activation: Ioffe and Szegedy 2015. Each kernel that
// reads x has two versions; name4 processes four channels per thread, and its C is the number of groups of four
// channels.
#include "channels.cuh"
#include "division.cuh"

// partials (chunks, 2, C): sums of x - x[0] and of its square. Subtracting the first row limits the rounding error when
// the mean is large.
template <typename S>
static __device__ __forceinline__ void statistics(const S* __restrict__ x, Wide<S>* __restrict__ partials,
                                                  unsigned rows, unsigned vectors, unsigned lane_shift,
                                                  unsigned rows_per_chunk) {
    typedef Wide<S> V;
    __shared__ V scratch[THREADS];
    Chunk c = chunk_of(rows, vectors, lane_shift, rows_per_chunk);
    V sum = zero(V());
    V squares = zero(V());
    if (c.inside) {
        V origin = load(x + c.vector);
        const S* from = x + c.first * vectors + c.vector;
        unsigned stride = c.step * vectors;
#pragma unroll 4
        for (unsigned row = c.first; row < c.end; row += c.step) {
            V d = minus(load(from), origin);
            sum = plus(sum, d);
            squares = fused(d, d, squares);
            from += stride;
        }
    }
    sum = sum_rows(sum, scratch, lane_shift);
    squares = sum_rows(squares, scratch, lane_shift);
    if (c.inside && c.row == 0) {
        partials[2 * blockIdx.x * vectors + c.vector] = sum;
        partials[(2 * blockIdx.x + 1) * vectors + c.vector] = squares;
    }
}

// y = leaky((x - mean) scale + beta + residual); residual may be null
template <typename S>
static __device__ __forceinline__ void apply(const S* __restrict__ x, const Wide<S>* __restrict__ mean,
                                             const Wide<S>* __restrict__ scale, const Wide<S>* __restrict__ beta,
                                             const S* __restrict__ residual, S* __restrict__ y, unsigned n,
                                             unsigned vectors, unsigned vector_magic, unsigned vector_shift,
                                             float slope) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned c = t - divide(t, vector_magic, vector_shift) * vectors;
    Wide<S> value = fused(minus(load(x + t), mean[c]), scale[c], beta[c]);
    if (residual != nullptr) {
        value = plus(value, load(residual + t));
    }
    store(y + t, leaky(value, slope));
}

#define BATCH_NORM_FORWARD(NAME, S)                                                                         \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                   \
        batch_norm_statistics##NAME(const S* __restrict__ x, Wide<S>* __restrict__ partials, unsigned rows, \
                                    unsigned vectors, unsigned lane_shift, unsigned rows_per_chunk) {       \
        statistics(x, partials, rows, vectors, lane_shift, rows_per_chunk);                                 \
    }                                                                                                       \
    extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_apply##NAME(                           \
        const S* __restrict__ x, const Wide<S>* __restrict__ mean, const Wide<S>* __restrict__ scale,       \
        const Wide<S>* __restrict__ beta, const S* __restrict__ residual, S* __restrict__ y, unsigned n,    \
        unsigned vectors, unsigned vector_magic, unsigned vector_shift, float slope) {                      \
        apply(x, mean, scale, beta, residual, y, n, vectors, vector_magic, vector_shift, slope);            \
    }

STORED_LANES(BATCH_NORM_FORWARD)

// Mean and biased variance from the partial sums, and scale = gamma / sqrt(variance + epsilon). A block processes eight
// channels.
template <typename S>
static __device__ __forceinline__ void moments(const S* __restrict__ x, const float* __restrict__ partials,
                                               const float* __restrict__ gamma, float* __restrict__ mean,
                                               float* __restrict__ variance, float* __restrict__ scale, unsigned rows,
                                               unsigned channels, unsigned chunks, float epsilon) {
    __shared__ double scratch[THREADS];
    unsigned channel = 8 * blockIdx.x + (threadIdx.x & 7);
    bool inside = channel < channels;
    double sum = sum_chunks(partials, chunks, 2 * channels, channel, inside, scratch);
    double squares = sum_chunks(partials, chunks, 2 * channels, channels + channel, inside, scratch);
    if (inside && threadIdx.x < 8) {
        double offset = sum / (double)rows;
        double spread = squares / (double)rows - offset * offset;
        float v = spread < 0.0 ? 0.0f : (float)spread;
        mean[channel] = (float)((double)load(x + channel) + offset);
        variance[channel] = v;
        scale[channel] = gamma[channel] / sqrtf(v + epsilon);
    }
}

#define BATCH_NORM_MOMENTS(NAME, S)                                                                       \
    extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_moments##NAME(                       \
        const S* __restrict__ x, const float* __restrict__ partials, const float* __restrict__ gamma,     \
        float* __restrict__ mean, float* __restrict__ variance, float* __restrict__ scale, unsigned rows, \
        unsigned channels, unsigned chunks, float epsilon) {                                              \
        moments(x, partials, gamma, mean, variance, scale, rows, channels, chunks, epsilon);              \
    }

STORED(BATCH_NORM_MOMENTS)

extern "C" __global__ void __launch_bounds__(THREADS)
    batch_norm_scale(const float* __restrict__ gamma, const float* __restrict__ variance, float* __restrict__ scale,
                     float epsilon, unsigned channels) {
    unsigned c = blockIdx.x * blockDim.x + threadIdx.x;
    if (c < channels) {
        scale[c] = gamma[c] / sqrtf(variance[c] + epsilon);
    }
}
