// One-dimensional transforms of Winograd's minimal filtering F(M, 3): M outputs of a filter with three weights from
// M + 2 products. Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (CVPR 2016), section 4.1 and 4.3:
// the points are 0, 1, -1 and infinity for M = 2, and also 2 and -2 for M = 4.
#pragma once

// B^T d: M + 2 inputs
static __device__ __forceinline__ void input_row(const float (&d)[4], float (&v)[4]) {
    v[0] = d[0] - d[2];
    v[1] = d[1] + d[2];
    v[2] = d[2] - d[1];
    v[3] = d[1] - d[3];
}

static __device__ __forceinline__ void input_row(const float (&d)[6], float (&v)[6]) {
    float a = d[4] - 4.0f * d[2];
    float b = d[3] - 4.0f * d[1];
    float c = d[4] - d[2];
    float e = d[3] - d[1];
    v[0] = 4.0f * d[0] + (d[4] - 5.0f * d[2]);
    v[1] = a + b;
    v[2] = a - b;
    v[3] = c + 2.0f * e;
    v[4] = c - 2.0f * e;
    v[5] = 4.0f * d[1] + (d[5] - 5.0f * d[3]);
}

// G g: three weights
static __device__ __forceinline__ void filter_row(const float (&g)[3], float (&u)[4]) {
    float a = 0.5f * (g[0] + g[2]);
    u[0] = g[0];
    u[1] = a + 0.5f * g[1];
    u[2] = a - 0.5f * g[1];
    u[3] = g[2];
}

static __device__ __forceinline__ void filter_row(const float (&g)[3], float (&u)[6]) {
    float a = -1.0f / 6 * (g[0] + g[2]);
    float b = 1.0f / 24 * g[0] + 1.0f / 6 * g[2];
    u[0] = 0.25f * g[0];
    u[1] = a - 1.0f / 6 * g[1];
    u[2] = a + 1.0f / 6 * g[1];
    u[3] = b + 1.0f / 12 * g[1];
    u[4] = b - 1.0f / 12 * g[1];
    u[5] = g[2];
}

// A^T m: M + 2 products
static __device__ __forceinline__ void output_row(const float (&m)[4], float (&y)[2]) {
    y[0] = m[0] + (m[1] + m[2]);
    y[1] = (m[1] - m[2]) - m[3];
}

static __device__ __forceinline__ void output_row(const float (&m)[6], float (&y)[4]) {
    float a = m[1] + m[2];
    float b = m[1] - m[2];
    float c = m[3] + m[4];
    float e = m[3] - m[4];
    y[0] = m[0] + (a + c);
    y[1] = b + 2.0f * e;
    y[2] = a + 4.0f * c;
    y[3] = (b + m[5]) + 8.0f * e;
}

// A g: the gradients of M outputs, for the gradient of the filter
static __device__ __forceinline__ void gradient_row(const float (&g)[2], float (&z)[4]) {
    z[0] = g[0];
    z[1] = g[0] + g[1];
    z[2] = g[0] - g[1];
    z[3] = -g[1];
}

static __device__ __forceinline__ void gradient_row(const float (&g)[4], float (&z)[6]) {
    float a = g[0] + g[2];
    float b = g[1] + g[3];
    float c = g[0] + 4.0f * g[2];
    float e = g[1] + 4.0f * g[3];
    z[0] = g[0];
    z[1] = a + b;
    z[2] = a - b;
    z[3] = c + 2.0f * e;
    z[4] = c - 2.0f * e;
    z[5] = g[3];
}

// G^T m: M + 2 sums, for the gradient of the filter
static __device__ __forceinline__ void weight_row(const float (&m)[4], float (&g)[3]) {
    float a = 0.5f * (m[1] + m[2]);
    g[0] = m[0] + a;
    g[1] = 0.5f * (m[1] - m[2]);
    g[2] = a + m[3];
}

static __device__ __forceinline__ void weight_row(const float (&m)[6], float (&g)[3]) {
    float a = m[1] + m[2];
    float b = m[2] - m[1];
    float c = m[3] + m[4];
    float e = m[3] - m[4];
    g[0] = 0.25f * m[0] + (1.0f / 24 * c - 1.0f / 6 * a);
    g[1] = 1.0f / 6 * b + 1.0f / 12 * e;
    g[2] = 1.0f / 6 * (c - a) + m[5];
}
