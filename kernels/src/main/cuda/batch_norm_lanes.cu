// Batch normalization of x, seen as (rows, C), for devices that run eight adjacent threads as the lanes of a vector. A
// thread processes a chunk of rows of one channel or, in name2, of two at a distance of eight where C is a multiple of
// 16; so a vector of lanes loads adjacent channels. There are no barriers. The formulas are those of
// batch_norm_forward.cu and batch_norm_backward.cu.
#include "division.cuh"
#include "median.cuh"

#define THREADS 256
#define LANES 8

// The work of a thread: `channel`, and perhaps channel + LANES, of `count` rows from row `first` on.
struct Part {
    unsigned chunk;
    unsigned channel;
    unsigned first;
    unsigned count;
    bool inside;
};

// `groups` of group_channels channels make a row. As an argument, group_channels keeps nvcc from combining the
// channel's number from bits: a vector of lanes needs the sum to see that channels are adjacent.
static __device__ __forceinline__ Part part_of(unsigned rows, unsigned channels, unsigned groups, unsigned group_magic,
                                               unsigned group_shift, unsigned group_channels, unsigned rows_per_chunk) {
    Part p;
    unsigned g = blockIdx.x * (THREADS / LANES) + threadIdx.x / LANES;
    p.chunk = divide(g, group_magic, group_shift);
    p.channel = (g - p.chunk * groups) * group_channels + threadIdx.x % LANES;
    p.first = p.chunk * rows_per_chunk;
    p.count = min(rows_per_chunk, rows - p.first);
    p.inside = p.first < rows && p.channel < channels;
    return p;
}

// Even and odd rows have sums of their own, so that an addition need not wait for the one before it.
template <unsigned WIDTH>
static __device__ __forceinline__ void statistics(const float* x, float* partials, Part p, unsigned channels) {
    if (!p.inside) {
        return;
    }
    const float* from = x + (p.first * channels + p.channel);
    float origin[WIDTH];
    float sum[2][WIDTH];
    float squares[2][WIDTH];
#pragma unroll
    for (unsigned k = 0; k < WIDTH; k++) {
        origin[k] = median(from[k * LANES], from[p.count / 2 * channels + k * LANES],
                           from[(p.count - 1) * channels + k * LANES]);
        sum[0][k] = sum[1][k] = squares[0][k] = squares[1][k] = 0.0f;
    }
    unsigned left = p.count;
#pragma unroll 1
    for (; left >= 2; left -= 2) {
#pragma unroll
        for (unsigned i = 0; i < 2; i++) {
#pragma unroll
            for (unsigned k = 0; k < WIDTH; k++) {
                float d = from[k * LANES] - origin[k];
                sum[i][k] += d;
                squares[i][k] = fmaf(d, d, squares[i][k]);
            }
            from += channels;
        }
    }
    float* to = partials + (3 * p.chunk * channels + p.channel);
#pragma unroll
    for (unsigned k = 0; k < WIDTH; k++) {
        if (left > 0) {
            float d = from[k * LANES] - origin[k];
            sum[0][k] += d;
            squares[0][k] = fmaf(d, d, squares[0][k]);
        }
        to[k * LANES] = sum[0][k] + sum[1][k];
        to[channels + k * LANES] = squares[0][k] + squares[1][k];
        to[2 * channels + k * LANES] = origin[k];
    }
}

// x where it is positive, slope x elsewhere; NaN stays NaN
static __device__ __forceinline__ float leaky(float x, float slope) {
    return x > 0.0f ? x : slope * x;
}

// g where x is positive, slope g elsewhere
static __device__ __forceinline__ float masked(float g, float x, float slope) {
    return x > 0.0f ? g : slope * g;
}

template <unsigned WIDTH, bool ADDS>
static __device__ __forceinline__ void apply(const float* x, const float* mean, const float* scale, const float* beta,
                                             const float* residual, float* y, Part p, unsigned channels, float slope) {
    unsigned at = p.first * channels + p.channel;
    float center[WIDTH];
    float factor[WIDTH];
    float shift[WIDTH];
#pragma unroll
    for (unsigned k = 0; k < WIDTH; k++) {
        center[k] = mean[p.channel + k * LANES];
        factor[k] = scale[p.channel + k * LANES];
        shift[k] = beta[p.channel + k * LANES];
    }
    x += at;
    y += at;
    residual += ADDS ? at : 0;
#pragma unroll 1
    for (unsigned left = p.count; left > 0; left--) {
#pragma unroll
        for (unsigned k = 0; k < WIDTH; k++) {
            float v = fmaf(x[k * LANES] - center[k], factor[k], shift[k]);
            y[k * LANES] = leaky(ADDS ? v + residual[k * LANES] : v, slope);
        }
        x += channels;
        y += channels;
        residual += ADDS ? channels : 0;
    }
}

// The source of g.
enum Source {
    PLAIN = 0,       // dy itself
    RECOMPUTED = 1,  // dy masked by the sign of the normalized x
    FROM_OUTPUT = 2  // dy masked by the sign of y; the first pass writes it to `masked_gradient` for the second
};

template <unsigned WIDTH>
static __device__ __forceinline__ void gradient_sums(const float* x, const float* y, const float* dy, const float* mean,
                                                     const float* scale, const float* beta, float* masked_gradient,
                                                     float* partials, Part p, unsigned channels, unsigned source,
                                                     float slope) {
    if (!p.inside) {
        return;
    }
    unsigned at = p.first * channels + p.channel;
    x += at;
    dy += at;
    float center[WIDTH];
    float sum[WIDTH];
    float product[WIDTH];
#pragma unroll
    for (unsigned k = 0; k < WIDTH; k++) {
        center[k] = mean[p.channel + k * LANES];
        sum[k] = product[k] = 0.0f;
    }
    if (source == FROM_OUTPUT) {
        y += at;
        masked_gradient += at;
#pragma unroll 1
        for (unsigned left = p.count; left > 0; left--) {
#pragma unroll
            for (unsigned k = 0; k < WIDTH; k++) {
                float g = masked(dy[k * LANES], y[k * LANES], slope);
                masked_gradient[k * LANES] = g;
                sum[k] += g;
                product[k] = fmaf(g, x[k * LANES] - center[k], product[k]);
            }
            x += channels;
            y += channels;
            dy += channels;
            masked_gradient += channels;
        }
    } else {
        // A slope of 1 leaves dy as it is.
        float below = source == RECOMPUTED ? slope : 1.0f;
        float factor[WIDTH];
        float shift[WIDTH];
#pragma unroll
        for (unsigned k = 0; k < WIDTH; k++) {
            factor[k] = scale[p.channel + k * LANES];
            shift[k] = beta[p.channel + k * LANES];
        }
#pragma unroll 1
        for (unsigned left = p.count; left > 0; left--) {
#pragma unroll
            for (unsigned k = 0; k < WIDTH; k++) {
                float d = x[k * LANES] - center[k];
                float g = masked(dy[k * LANES], fmaf(d, factor[k], shift[k]), below);
                sum[k] += g;
                product[k] = fmaf(g, d, product[k]);
            }
            x += channels;
            dy += channels;
        }
    }
    float* to = partials + (2 * p.chunk * channels + p.channel);
#pragma unroll
    for (unsigned k = 0; k < WIDTH; k++) {
        to[k * LANES] = sum[k];
        to[channels + k * LANES] = product[k];
    }
}

template <unsigned WIDTH, bool MASKED>
static __device__ __forceinline__ void gradient_apply(const float* x, const float* dy, const float* mean,
                                                      const float* beta, const float* coefficients, float* dx, Part p,
                                                      unsigned channels, float slope) {
    unsigned at = p.first * channels + p.channel;
    float center[WIDTH];
    float shift[WIDTH];
    float factor[WIDTH];
    float mean_gradient[WIDTH];
    float mean_product[WIDTH];
#pragma unroll
    for (unsigned k = 0; k < WIDTH; k++) {
        unsigned c = p.channel + k * LANES;
        center[k] = mean[c];
        shift[k] = beta[c];
        factor[k] = coefficients[c];
        mean_gradient[k] = coefficients[channels + c];
        mean_product[k] = coefficients[2 * channels + c];
    }
    x += at;
    dy += at;
    dx += at;
#pragma unroll 1
    for (unsigned left = p.count; left > 0; left--) {
#pragma unroll
        for (unsigned k = 0; k < WIDTH; k++) {
            float d = x[k * LANES] - center[k];
            float g = dy[k * LANES];
            if (MASKED) {
                g = masked(g, fmaf(d, factor[k], shift[k]), slope);
            }
            dx[k * LANES] = factor[k] * fmaf(-d, mean_product[k], g - mean_gradient[k]);
        }
        x += channels;
        dy += channels;
        dx += channels;
    }
}

// The arguments that describe the walk over x, in every kernel that reads it.
#define WALK                                                                                       \
    unsigned rows, unsigned channels, unsigned groups, unsigned group_magic, unsigned group_shift, \
        unsigned group_channels, unsigned rows_per_chunk
#define PART part_of(rows, channels, groups, group_magic, group_shift, group_channels, rows_per_chunk)

// statistics: partials (chunks, 3, C) are sums of x - o and of its square, and o, as in batch_norm_forward.cu.
// apply: y = leaky((x - mean) scale + beta + residual); residual may be null.
// gradient_sums: partials (chunks, 2, C) are sums of g and of g (x - mean).
// gradient_apply: coefficients (3, C) are scale, mean of g, s^2 times the mean of g (x - m); dy is already masked
// unless source is RECOMPUTED.
#define BATCH_NORM_LANES(NAME, WIDTH)                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                            \
        batch_norm_statistics_lanes##NAME(const float* __restrict__ x, float* __restrict__ partials, WALK) {         \
        statistics<WIDTH>(x, partials, PART, channels);                                                              \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS)                                                            \
        batch_norm_apply_lanes##NAME(const float* __restrict__ x, const float* __restrict__ mean,                    \
                                     const float* __restrict__ scale, const float* __restrict__ beta,                \
                                     const float* __restrict__ residual, float* __restrict__ y, WALK, float slope) { \
        Part p = PART;                                                                                               \
        if (p.inside && residual != nullptr) {                                                                       \
            apply<WIDTH, true>(x, mean, scale, beta, residual, y, p, channels, slope);                               \
        } else if (p.inside) {                                                                                       \
            apply<WIDTH, false>(x, mean, scale, beta, residual, y, p, channels, slope);                              \
        }                                                                                                            \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_gradient_sums_lanes##NAME(                      \
        const float* __restrict__ x, const float* __restrict__ y, const float* __restrict__ dy,                      \
        const float* __restrict__ mean, const float* __restrict__ scale, const float* __restrict__ beta,             \
        float* __restrict__ masked_gradient, float* __restrict__ partials, WALK, unsigned source, float slope) {     \
        gradient_sums<WIDTH>(x, y, dy, mean, scale, beta, masked_gradient, partials, PART, channels, source, slope); \
    }                                                                                                                \
    extern "C" __global__ void __launch_bounds__(THREADS) batch_norm_gradient_apply_lanes##NAME(                     \
        const float* __restrict__ x, const float* __restrict__ dy, const float* __restrict__ mean,                   \
        const float* __restrict__ beta, const float* __restrict__ coefficients, float* __restrict__ dx, WALK,        \
        unsigned source, float slope) {                                                                              \
        Part p = PART;                                                                                               \
        if (p.inside && source == RECOMPUTED) {                                                                      \
            gradient_apply<WIDTH, true>(x, dy, mean, beta, coefficients, dx, p, channels, slope);                    \
        } else if (p.inside) {                                                                                       \
            gradient_apply<WIDTH, false>(x, dy, mean, beta, coefficients, dx, p, channels, slope);                   \
        }                                                                                                            \
    }

BATCH_NORM_LANES(, 1)
BATCH_NORM_LANES(2, 2)

// Mean and biased variance from the partial sums, and scale = gamma / sqrt(variance + epsilon).
extern "C" __global__ void __launch_bounds__(THREADS)
    batch_norm_moments_lanes(const float* __restrict__ partials, const float* __restrict__ gamma,
                             float* __restrict__ mean, float* __restrict__ variance, float* __restrict__ scale,
                             unsigned rows, unsigned channels, unsigned chunks, unsigned rows_per_chunk,
                             float epsilon) {
    unsigned channel = blockIdx.x * THREADS + threadIdx.x;
    if (channel >= channels) {
        return;
    }
    const float* from = partials + channel;
    double origin = (double)from[2 * channels];
    double sum = 0.0;
    double squares = 0.0;
    unsigned left = rows;
#pragma unroll 1
    for (unsigned k = 0; k < chunks; k++) {
        double e = (double)from[2 * channels] - origin;
        double s = (double)*from;
        double moved = (double)min(rows_per_chunk, left) * e;
        squares += (double)from[channels] + e * (s + s + moved);
        sum += s + moved;
        from += 3 * (size_t)channels;
        left -= rows_per_chunk;
    }
    double offset = sum / (double)rows;
    double spread = squares / (double)rows - offset * offset;
    float v = spread < 0.0 ? 0.0f : (float)spread;
    mean[channel] = (float)(origin + offset);
    variance[channel] = v;
    scale[channel] = gamma[channel] / sqrtf(v + epsilon);
}

// dgamma, dbeta and the last two rows of coefficients (3, C), whose first row was written before.
extern "C" __global__ void __launch_bounds__(THREADS)
    batch_norm_gradient_finish_lanes(const float* __restrict__ partials, const float* __restrict__ variance,
                                     float* __restrict__ dgamma, float* __restrict__ dbeta,
                                     float* __restrict__ coefficients, unsigned rows, unsigned channels,
                                     unsigned chunks, float epsilon) {
    unsigned channel = blockIdx.x * THREADS + threadIdx.x;
    if (channel >= channels) {
        return;
    }
    const float* from = partials + channel;
    double sum = 0.0;
    double product = 0.0;
#pragma unroll 1
    for (unsigned k = 0; k < chunks; k++) {
        sum += (double)*from;
        product += (double)from[channels];
        from += 2 * (size_t)channels;
    }
    double s = 1.0 / (double)sqrtf(variance[channel] + epsilon);
    dbeta[channel] = (float)sum;
    dgamma[channel] = (float)(s * product);
    coefficients[channels + channel] = (float)(sum / (double)rows);
    coefficients[2 * channels + channel] = (float)(s * s * product / (double)rows);
}
