// Batch normalisation of x, seen as (rows, C), with residual and activation: Ioffe and Szegedy 2015. Each kernel that walks over
// x comes twice: name4 takes four channels a thread and counts C in fours.
#include "channels.cuh"
#include "division.cuh"

// partials (chunks, 2, C): sums of x - x[0] and of its square. Taking the first row off keeps the digits when the mean is large.
template <typename V>
static __device__ __forceinline__ void statistics(const V* __restrict__ x, V* __restrict__ partials, unsigned rows,
                                                  unsigned vectors, unsigned laneShift, unsigned rowsPerChunk) {
    __shared__ V scratch[256];
    Chunk c = chunk_of(rows, vectors, laneShift, rowsPerChunk);
    V sum = zero(V());
    V squares = zero(V());
    if (c.inside) {
        V origin = x[c.vector];
        const V* from = x + c.first * vectors + c.vector;
        unsigned stride = c.step * vectors;
#pragma unroll 4
        for (unsigned row = c.first; row < c.end; row += c.step) {
            V d = minus(*from, origin);
            sum = plus(sum, d);
            squares = fused(d, d, squares);
            from += stride;
        }
    }
    sum = sum_rows(sum, scratch, laneShift);
    squares = sum_rows(squares, scratch, laneShift);
    if (c.inside && c.row == 0) {
        partials[2 * blockIdx.x * vectors + c.vector] = sum;
        partials[(2 * blockIdx.x + 1) * vectors + c.vector] = squares;
    }
}

// y = leaky((x - mean) scale + beta + residual); residual may be null
template <typename V>
static __device__ __forceinline__ void apply(const V* __restrict__ x, const V* __restrict__ mean, const V* __restrict__ scale,
                                             const V* __restrict__ beta, const V* __restrict__ residual, V* __restrict__ y,
                                             unsigned n, unsigned vectors, unsigned vectorMagic, unsigned vectorShift,
                                             float slope) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned c = t - divide(t, vectorMagic, vectorShift) * vectors;
    V value = fused(minus(x[t], mean[c]), scale[c], beta[c]);
    if (residual != nullptr) {
        value = plus(value, residual[t]);
    }
    y[t] = leaky(value, slope);
}

#define BATCH_NORM_FORWARD(NAME, V)                                                                                            \
    extern "C" __global__ void batch_norm_statistics##NAME(const V* __restrict__ x, V* __restrict__ partials, unsigned rows,   \
                                                           unsigned vectors, unsigned laneShift, unsigned rowsPerChunk) {      \
        statistics<V>(x, partials, rows, vectors, laneShift, rowsPerChunk);                                                    \
    }                                                                                                                          \
    extern "C" __global__ void batch_norm_apply##NAME(                                                                         \
        const V* __restrict__ x, const V* __restrict__ mean, const V* __restrict__ scale, const V* __restrict__ beta,          \
        const V* __restrict__ residual, V* __restrict__ y, unsigned n, unsigned vectors, unsigned vectorMagic,                 \
        unsigned vectorShift, float slope) {                                                                                   \
        apply<V>(x, mean, scale, beta, residual, y, n, vectors, vectorMagic, vectorShift, slope);                              \
    }

BATCH_NORM_FORWARD(, float)
BATCH_NORM_FORWARD(4, float4)

// Mean and biased variance from the partial sums, and scale = gamma / sqrt(variance + epsilon). Eight channels a block.
extern "C" __global__ void batch_norm_moments(const float* __restrict__ x, const float* __restrict__ partials,
                                              const float* __restrict__ gamma, float* __restrict__ mean,
                                              float* __restrict__ variance, float* __restrict__ scale, unsigned rows,
                                              unsigned channels, unsigned chunks, float epsilon) {
    __shared__ double scratch[256];
    unsigned channel = 8 * blockIdx.x + (threadIdx.x & 7);
    bool inside = channel < channels;
    double sum = sum_chunks(partials, chunks, 2 * channels, channel, inside, scratch);
    double squares = sum_chunks(partials, chunks, 2 * channels, channels + channel, inside, scratch);
    if (inside && threadIdx.x < 8) {
        double offset = sum / (double)rows;
        double spread = squares / (double)rows - offset * offset;
        float v = spread < 0.0 ? 0.0f : (float)spread;
        mean[channel] = (float)((double)x[channel] + offset);
        variance[channel] = v;
        scale[channel] = gamma[channel] / sqrtf(v + epsilon);
    }
}

extern "C" __global__ void batch_norm_scale(const float* __restrict__ gamma, const float* __restrict__ variance,
                                            float* __restrict__ scale, float epsilon, unsigned channels) {
    unsigned c = blockIdx.x * blockDim.x + threadIdx.x;
    if (c < channels) {
        scale[c] = gamma[c] / sqrtf(variance[c] + epsilon);
    }
}
