// Winograd's convolution F(M x M, 3 x 3), stride 1: transforms of images, filters and results around (M + 2)^2 matrix
// products. A tile is M x M outputs, for which (M + 2) x (M + 2) inputs are read; a result of a transform is
// ((M + 2)^2, tiles, C) or ((M + 2)^2, K, C), `step` floats from one matrix to the next. Rows and columns beyond the
// image are 0 when read, and not written.
#include "division.cuh"
#include "vector.cuh"
#include "winograd.cuh"

// What pixels outside of the image are read from, at an offset of up to 5 pixels of 1024 channels and the channel: a
// thread selects addresses instead of branching, and adjacent threads read adjacent zeros, which a CPU loads as one
// vector.
__device__ float winograd_zeros[6 * 1024];

// What a thread works on: one channel of one tile. Columns and rows count the first pixel of the tile; `at` is its
// index, which may lie before the image.
struct Tile {
    int row;
    int column;
    int at;
};

static __device__ __forceinline__ Tile tile_of(unsigned tile, unsigned channel, int channels, int h, int w,
                                               unsigned rows, unsigned row_magic, unsigned row_shift, unsigned columns,
                                               unsigned column_magic, unsigned column_shift, int size, int padding) {
    unsigned line = divide(tile, column_magic, column_shift);
    unsigned image = divide(line, row_magic, row_shift);
    int row = (int)(line - image * rows) * size - padding;
    int column = (int)(tile - line * columns) * size - padding;
    return {row, column, (((int)image * h + row) * w + column) * channels + (int)channel};
}

// N x N pixels of x, transformed along both axes by `ROW` to T x T values; the next tile starts SIZE pixels on.
#define TRANSFORM_IMAGE(NAME, ROW, N, T, SIZE)                                                                         \
    extern "C" __global__ void __launch_bounds__(256)                                                                  \
        NAME(const float* __restrict__ x, float* __restrict__ v, unsigned n, unsigned step, unsigned first,            \
             int channels, unsigned channel_magic, unsigned channel_shift, int h, int w, int padding, unsigned rows,   \
             unsigned row_magic, unsigned row_shift, unsigned columns, unsigned column_magic, unsigned column_shift) { \
        unsigned t = blockIdx.x * blockDim.x + threadIdx.x;                                                            \
        if (t >= n) {                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
        unsigned local = divide(t, channel_magic, channel_shift);                                                      \
        unsigned channel = t - local * channels;                                                                       \
        Tile tile = tile_of(local + first, channel, channels, h, w, rows, row_magic, row_shift, columns, column_magic, \
                            column_shift, SIZE, padding);                                                              \
        const float* outside = winograd_zeros + channel;                                                               \
        float half[T][N];                                                                                              \
        const float* lines[N];                                                                                         \
        _Pragma("unroll") for (int i = 0; i < N; i++) {                                                                \
            bool inside = (unsigned)(tile.row + i) < (unsigned)h;                                                      \
            lines[i] = inside ? x + (tile.at + i * w * channels) : outside;                                            \
        }                                                                                                              \
        _Pragma("unroll") for (int j = 0; j < N; j++) {                                                                \
            bool inside = (unsigned)(tile.column + j) < (unsigned)w;                                                   \
            float d[N];                                                                                                \
            _Pragma("unroll") for (int i = 0; i < N; i++) {                                                            \
                const float* from = inside ? lines[i] + j * channels : outside;                                        \
                d[i] = *from;                                                                                          \
            }                                                                                                          \
            float c[T];                                                                                                \
            ROW(d, c);                                                                                                 \
            _Pragma("unroll") for (int i = 0; i < T; i++) {                                                            \
                half[i][j] = c[i];                                                                                     \
            }                                                                                                          \
        }                                                                                                              \
        float* to = v + t;                                                                                             \
        _Pragma("unroll") for (int i = 0; i < T; i++) {                                                                \
            float c[T];                                                                                                \
            ROW(half[i], c);                                                                                           \
            _Pragma("unroll") for (int j = 0; j < T; j++) {                                                            \
                *to = c[j];                                                                                            \
                to += step;                                                                                            \
            }                                                                                                          \
        }                                                                                                              \
    }

TRANSFORM_IMAGE(winograd2_input, input_row, 4, 4, 2)
TRANSFORM_IMAGE(winograd4_input, input_row, 6, 6, 4)
TRANSFORM_IMAGE(winograd2_gradient, gradient_row, 2, 4, 2)
TRANSFORM_IMAGE(winograd4_gradient, gradient_row, 4, 6, 4)

// The filter weights at `from`, `channels` floats apart, as an element of each matrix, the first at `to`; TURNED by
// half a turn for the gradient of the input.
template <int T, bool TURNED>
static __device__ __forceinline__ void filter_element(const float* __restrict__ from, float* __restrict__ to,
                                                      unsigned step, unsigned channels) {
    float half[T][3];
#pragma unroll
    for (int s = 0; s < 3; s++) {
        float g[3];
#pragma unroll
        for (int r = 0; r < 3; r++) {
            int weight = 3 * r + s;
            g[r] = from[(TURNED ? 8 - weight : weight) * channels];
        }
        float c[T];
        filter_row(g, c);
#pragma unroll
        for (int i = 0; i < T; i++) {
            half[i][s] = c[i];
        }
    }
#pragma unroll
    for (int i = 0; i < T; i++) {
        float c[T];
        filter_row(half[i], c);
#pragma unroll
        for (int j = 0; j < T; j++) {
            *to = c[j];
            to += step;
        }
    }
}

// The filter (K, 3, 3, C) as (K, C) matrices: thread t is filter t / C and channel t % C.
template <int T, bool TURNED>
static __device__ __forceinline__ void filter(const float* __restrict__ filters, float* __restrict__ u, unsigned n,
                                              unsigned step, unsigned channels, unsigned magic, unsigned shift) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned k = divide(t, magic, shift);
    filter_element<T, TURNED>(filters + (k * 8 * channels + t), u + t, step, channels);
}

// The filter (K, 3, 3, C) as (K / 64, 3, 3, C, 64), `weight` floats from one weight to the next: thread t is filter
// 64 (t / 64 / C) + t % 64 and channel t / 64 % C.
extern "C" __global__ void __launch_bounds__(256)
    winograd_filter_in_blocks(const float* __restrict__ from, float* __restrict__ to, unsigned n, unsigned weight,
                              unsigned channels, unsigned magic, unsigned shift) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    unsigned row = t / 64;
    unsigned block = divide(row, magic, shift);
    unsigned channel = row - block * channels;
    from += (block * 64 + t % 64) * 9 * channels + channel;
    to += block * 9 * weight + channel * 64 + t % 64;
#pragma unroll
    for (int i = 0; i < 9; i++) {
        *to = *from;
        from += channels;
        to += weight;
    }
}

// Such a block of filters as (C, 64) matrices: thread t is element t.
template <int T>
static __device__ __forceinline__ void block_of_filters(const float* __restrict__ filters, float* __restrict__ u,
                                                        unsigned n, unsigned step, unsigned weight) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t < n) {
        filter_element<T, false>(filters + t, u + t, step, weight);
    }
}

// The gradient of the filter (K, 3, 3, C) from `parts` sets of (K, C) matrices, `part` floats apart, whose sum is
// meant: thread t is filter t / C and channel t % C.
template <int T>
static __device__ __forceinline__ void filter_gradient(const float* __restrict__ u, float* __restrict__ d_filter,
                                                       unsigned n, unsigned step, unsigned channels, unsigned magic,
                                                       unsigned shift, unsigned parts, unsigned part) {
    unsigned t = blockIdx.x * blockDim.x + threadIdx.x;
    if (t >= n) {
        return;
    }
    float half[3][T];
    const float* from = u + t;
#pragma unroll
    for (int i = 0; i < T; i++) {
        float m[T];
        const float* at = from;
#pragma unroll
        for (int j = 0; j < T; j++) {
            m[j] = *at;
            at += step;
        }
        const float* next = from;
        for (unsigned p = 1; p < parts; p++) {
            next += part;
            at = next;
#pragma unroll
            for (int j = 0; j < T; j++) {
                m[j] += *at;
                at += step;
            }
        }
        from += T * step;
        float c[3];
        weight_row(m, c);
#pragma unroll
        for (int j = 0; j < 3; j++) {
            half[j][i] = c[j];
        }
    }
    float out[3][3];
#pragma unroll
    for (int j = 0; j < 3; j++) {
        float c[3];
        weight_row(half[j], c);
#pragma unroll
        for (int i = 0; i < 3; i++) {
            out[i][j] = c[i];
        }
    }
    float* to = d_filter + (divide(t, magic, shift) * 8 * channels + t);
#pragma unroll
    for (int i = 0; i < 3; i++) {
#pragma unroll
        for (int j = 0; j < 3; j++) {
            *to = out[i][j];
            to += channels;
        }
    }
}

#define FILTERS(M, T)                                                                                                  \
    extern "C" __global__ void __launch_bounds__(256)                                                                  \
        winograd##M##_filter(const float* __restrict__ from, float* __restrict__ to, unsigned n, unsigned step,        \
                             unsigned channels, unsigned magic, unsigned shift) {                                      \
        filter<T, false>(from, to, n, step, channels, magic, shift);                                                   \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(256)                                                                  \
        winograd##M##_filter_turned(const float* __restrict__ from, float* __restrict__ to, unsigned n, unsigned step, \
                                    unsigned channels, unsigned magic, unsigned shift) {                               \
        filter<T, true>(from, to, n, step, channels, magic, shift);                                                    \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(256) winograd##M##_block(                                             \
        const float* __restrict__ from, float* __restrict__ to, unsigned n, unsigned step, unsigned weight) {          \
        block_of_filters<T>(from, to, n, step, weight);                                                                \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(256) winograd##M##_filter_gradient(                                   \
        const float* __restrict__ u, float* __restrict__ d_filter, unsigned n, unsigned step, unsigned channels,       \
        unsigned magic, unsigned shift, unsigned parts, unsigned part) {                                               \
        filter_gradient<T>(u, d_filter, n, step, channels, magic, shift, parts, part);                                 \
    }

FILTERS(2, 4)
FILTERS(4, 6)

// y = leaky(A^T m A + bias + residual), of (N, h, w, channels); FUSED without any of the three. bias, and residual, are
// null where there is none; slope is 1 for no activation.
template <int M, bool FUSED>
static __device__ __forceinline__ void output_tile(const float* __restrict__ m, const float* __restrict__ bias,
                                                   const float* __restrict__ residual, float* __restrict__ y,
                                                   unsigned t, unsigned step, unsigned channel, int channels, int h,
                                                   int w, Tile tile, float slope) {
    constexpr int T = M + 2;
    float half[M][T];
    const float* from = m + t;
#pragma unroll
    for (int i = 0; i < T; i++) {
        float d[T];
#pragma unroll
        for (int j = 0; j < T; j++) {
            d[j] = *from;
            from += step;
        }
        float c[M];
        output_row(d, c);
#pragma unroll
        for (int j = 0; j < M; j++) {
            half[j][i] = c[j];
        }
    }
    float out[M][M];
#pragma unroll
    for (int j = 0; j < M; j++) {
        float c[M];
        output_row(half[j], c);
#pragma unroll
        for (int i = 0; i < M; i++) {
            out[i][j] = c[i];
        }
    }
    float b = FUSED && bias != nullptr ? bias[channel] : 0.0f;
    bool wide = tile.column + M <= w;
    float* to = y + tile.at;
    const float* added = residual + tile.at;
#pragma unroll
    for (int i = 0; i < M; i++) {
        if (tile.row + i >= h) {
            return;
        }
#pragma unroll
        for (int j = 0; j < M; j++) {
            if (wide || tile.column + j < w) {
                float value = out[i][j];
                if (FUSED) {
                    value += b;
                    if (residual != nullptr) {
                        value += added[j * channels];
                    }
                    value = leaky(value, slope);
                }
                to[j * channels] = value;
            }
        }
        to += w * channels;
        added += w * channels;
    }
}

#define OUTPUT(M)                                                                                                      \
    extern "C" __global__ void __launch_bounds__(256) winograd##M##_output(                                            \
        const float* __restrict__ m, float* __restrict__ y, unsigned n, unsigned step, unsigned first, int channels,   \
        unsigned channel_magic, unsigned channel_shift, int h, int w, unsigned rows, unsigned row_magic,               \
        unsigned row_shift, unsigned columns, unsigned column_magic, unsigned column_shift) {                          \
        unsigned t = blockIdx.x * blockDim.x + threadIdx.x;                                                            \
        if (t >= n) {                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
        unsigned local = divide(t, channel_magic, channel_shift);                                                      \
        unsigned channel = t - local * channels;                                                                       \
        Tile tile = tile_of(local + first, channel, channels, h, w, rows, row_magic, row_shift, columns, column_magic, \
                            column_shift, M, 0);                                                                       \
        output_tile<M, false>(m, nullptr, nullptr, y, t, step, channel, channels, h, w, tile, 1.0f);                   \
    }                                                                                                                  \
    extern "C" __global__ void __launch_bounds__(256) winograd##M##_output_fused(                                      \
        const float* __restrict__ m, const float* __restrict__ bias, const float* __restrict__ residual,               \
        float* __restrict__ y, float slope, unsigned n, unsigned step, unsigned first, int channels,                   \
        unsigned channel_magic, unsigned channel_shift, int h, int w, unsigned rows, unsigned row_magic,               \
        unsigned row_shift, unsigned columns, unsigned column_magic, unsigned column_shift) {                          \
        unsigned t = blockIdx.x * blockDim.x + threadIdx.x;                                                            \
        if (t >= n) {                                                                                                  \
            return;                                                                                                    \
        }                                                                                                              \
        unsigned local = divide(t, channel_magic, channel_shift);                                                      \
        unsigned channel = t - local * channels;                                                                       \
        Tile tile = tile_of(local + first, channel, channels, h, w, rows, row_magic, row_shift, columns, column_magic, \
                            column_shift, M, 0);                                                                       \
        output_tile<M, true>(m, bias, residual, y, t, step, channel, channels, h, w, tile, slope);                     \
    }

OUTPUT(2)
OUTPUT(4)
