// Batch normalization of x, seen as (rows, C), with residual and activation: Ioffe and Szegedy 2015. Each kernel that
// reads x has two versions; name4 processes four channels per thread, and its C is the number of groups of four
// channels.
#include "channels.cuh"
#include "division.cuh"
#include "median.cuh"

// partials (chunks, 3, C): sums of x - o and of its square, and o, the median of three rows of the chunk. As o is one
// of the values that are added, the error of the chunk's variance is at most its number of rows times the rounding
// error of a sum, whatever the data; a value from elsewhere has no such bound.
template <typename S>
static __device__ __forceinline__ void statistics(const S* __restrict__ x, Wide<S>* __restrict__ partials,
                                                  unsigned rows, unsigned vectors, unsigned lane_shift,
                                                  unsigned rows_per_chunk) {
    typedef Wide<S> V;
    __shared__ V scratch[THREADS];
    Chunk c = chunk_of(rows, vectors, lane_shift, rows_per_chunk);
    V sum = zero(V());
    V squares = zero(V());
    V origin = zero(V());
    if (c.inside) {
        unsigned top = c.first - c.row;
        unsigned middle = top + (c.end - top) / 2;
        origin = median(load(x + (top * vectors + c.vector)), load(x + (middle * vectors + c.vector)),
                        load(x + ((c.end - 1) * vectors + c.vector)));
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
        partials[3 * blockIdx.x * vectors + c.vector] = sum;
        partials[(3 * blockIdx.x + 1) * vectors + c.vector] = squares;
        partials[(3 * blockIdx.x + 2) * vectors + c.vector] = origin;
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
// channels; as in sum_chunks, thread 8 g + c adds chunks g, g + THREADS / 8, ... of channel c.
extern "C" __global__ void __launch_bounds__(THREADS)
    batch_norm_moments(const float* __restrict__ partials, const float* __restrict__ gamma, float* __restrict__ mean,
                       float* __restrict__ variance, float* __restrict__ scale, unsigned rows, unsigned channels,
                       unsigned chunks, unsigned rows_per_chunk, float epsilon) {
    __shared__ double scratch[THREADS];
    unsigned channel = 8 * blockIdx.x + (threadIdx.x & 7);
    bool inside = channel < channels;
    double origin = inside ? (double)partials[2 * channels + channel] : 0.0;
    double sum = 0.0;
    double squares = 0.0;
    if (inside) {
#pragma unroll 1
        for (unsigned k = threadIdx.x >> 3; k < chunks; k += THREADS / 8) {
            // From values minus the chunk's o to values minus the first chunk's.
            double e = (double)partials[(3 * k + 2) * channels + channel] - origin;
            double s = (double)partials[3 * k * channels + channel];
            double moved = (double)min(rows_per_chunk, rows - k * rows_per_chunk) * e;
            sum += s + moved;
            squares += (double)partials[(3 * k + 1) * channels + channel] + e * (s + s + moved);
        }
    }
    sum = sum_rows(sum, scratch, 3);
    squares = sum_rows(squares, scratch, 3);
    if (inside && threadIdx.x < 8) {
        double offset = sum / (double)rows;
        double spread = squares / (double)rows - offset * offset;
        float v = spread < 0.0 ? 0.0f : (float)spread;
        mean[channel] = (float)(origin + offset);
        variance[channel] = v;
        scale[channel] = gamma[channel] / sqrtf(v + epsilon);
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    batch_norm_scale(const float* __restrict__ gamma, const float* __restrict__ variance, float* __restrict__ scale,
                     float epsilon, unsigned channels) {
    unsigned c = blockIdx.x * blockDim.x + threadIdx.x;
    if (c < channels) {
        scale[c] = gamma[c] / sqrtf(variance[c] + epsilon);
    }
}
