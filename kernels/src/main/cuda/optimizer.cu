// Updates of whole arenas: optimizer steps, moving averages, gradient sums and norms. Arrays start at a multiple of 16
// bytes; a thread processes four elements. Values that change from step to step are read from memory:
//   values: learning rate, first bias correction, second bias correction, averaging rate
//   status: gradient norm, clipping factor, 1 if the norm is finite else 0, steps skipped so far
#include "reduction.cuh"

// sum = beta sum + scale g; with beta = 0 the old sum is not read
extern "C" __global__ void __launch_bounds__(THREADS)
    gradient_accumulate(float* __restrict__ sum, const float* __restrict__ g, float beta, float scale, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i + 4 <= n) {
        float4 p = *(const float4*)(g + i);
        float4 s = make_float4(scale * p.x, scale * p.y, scale * p.z, scale * p.w);
        if (beta != 0.0f) {
            float4 q = *(const float4*)(sum + i);
            s = make_float4(s.x + beta * q.x, s.y + beta * q.y, s.z + beta * q.z, s.w + beta * q.w);
        }
        *(float4*)(sum + i) = s;
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        sum[i] = beta != 0.0f ? scale * g[i] + beta * sum[i] : scale * g[i];
    }
}

// Block b writes the sum of squares of elements 64 THREADS b and following: 64 a thread, in four running sums.
extern "C" __global__ void __launch_bounds__(THREADS)
    gradient_norm_partials(const float* __restrict__ g, float* __restrict__ partials, unsigned n) {
    __shared__ float scratch[THREADS];
    unsigned at = 64 * THREADS * blockIdx.x + 4 * threadIdx.x;
    float a = 0.0f;
    float b = 0.0f;
    float c = 0.0f;
    float d = 0.0f;
#pragma unroll 1
    for (unsigned k = 0; k < 16; k++) {
        if (at + 4 <= n) {
            float4 p = *(const float4*)(g + at);
            a += p.x * p.x;
            b += p.y * p.y;
            c += p.z * p.z;
            d += p.w * p.w;
        } else {
#pragma unroll 1
            for (unsigned i = at; i < n; i++) {
                a += g[i] * g[i];
            }
        }
        at += 4 * THREADS;
    }
    float sum = block_sum((a + b) + (c + d), scratch);
    if (threadIdx.x == 0) {
        partials[blockIdx.x] = sum;
    }
}

// One block. max_norm: the norm that gradients are clipped to
extern "C" __global__ void __launch_bounds__(THREADS)
    gradient_norm_finish(const float* __restrict__ partials, unsigned count, float max_norm,
                         float* __restrict__ status) {
    __shared__ float scratch[THREADS];
    float sum = 0.0f;
#pragma unroll 1
    for (unsigned i = threadIdx.x; i < count; i += THREADS) {
        sum += partials[i];
    }
    sum = block_sum(sum, scratch);
    if (threadIdx.x == 0) {
        bool finite = sum <= 3.402823466e38f;
        float norm = sqrtf(sum);
        status[0] = norm;
        status[1] = norm > max_norm ? max_norm / norm : 1.0f;
        status[2] = finite ? 1.0f : 0.0f;
        if (!finite) {
            status[3] += 1.0f;
        }
    }
}

static __device__ __forceinline__ void sgd(float& p, float g, float& m, float rate, float clip, float momentum,
                                           float decay) {
    m = momentum * m + (clip * g + decay * p);
    p -= rate * m;
}

// m = momentum m + clip g + decay p; p -= rate m. Decay applies to the first `decayed` elements, a multiple of 4.
extern "C" __global__ void __launch_bounds__(THREADS)
    sgd_step(float* __restrict__ p, const float* __restrict__ g, float* __restrict__ m,
             const float* __restrict__ values, const float* __restrict__ status, unsigned n, unsigned decayed,
             float momentum, float weight_decay) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= n || status[2] == 0.0f) {
        return;
    }
    float rate = values[0];
    float clip = status[1];
    float decay = i < decayed ? weight_decay : 0.0f;
    if (i + 4 <= n) {
        float4 parameter = *(float4*)(p + i);
        float4 gradient = *(const float4*)(g + i);
        float4 state = *(float4*)(m + i);
        sgd(parameter.x, gradient.x, state.x, rate, clip, momentum, decay);
        sgd(parameter.y, gradient.y, state.y, rate, clip, momentum, decay);
        sgd(parameter.z, gradient.z, state.z, rate, clip, momentum, decay);
        sgd(parameter.w, gradient.w, state.w, rate, clip, momentum, decay);
        *(float4*)(p + i) = parameter;
        *(float4*)(m + i) = state;
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        float parameter = p[i];
        float state = m[i];
        sgd(parameter, g[i], state, rate, clip, momentum, decay);
        p[i] = parameter;
        m[i] = state;
    }
}

struct AdamW {
    float rate;
    float clip;
    float first;
    float second;
    float beta1;
    float beta2;
    float epsilon;
    float decay;
};

static __device__ __forceinline__ void adamw(float& p, float g, float& m, float& v, const AdamW& o) {
    g *= o.clip;
    m += (1.0f - o.beta1) * (g - m);
    v += (1.0f - o.beta2) * (g * g - v);
    float kept = p - o.rate * o.decay * p;
    p = kept - o.rate * (m * o.first) / (sqrtf(v) * o.second + o.epsilon);
}

// Loshchilov and Hutter 2019, algorithm 2, with the schedule multiplier inside the learning rate
extern "C" __global__ void __launch_bounds__(THREADS)
    adamw_step(float* __restrict__ p, const float* __restrict__ g, float* __restrict__ m, float* __restrict__ v,
               const float* __restrict__ values, const float* __restrict__ status, unsigned n, unsigned decayed,
               float beta1, float beta2, float epsilon, float weight_decay) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= n || status[2] == 0.0f) {
        return;
    }
    AdamW o = {values[0], status[1], values[1], values[2], beta1, beta2, epsilon, i < decayed ? weight_decay : 0.0f};
    if (i + 4 <= n) {
        float4 parameter = *(float4*)(p + i);
        float4 gradient = *(const float4*)(g + i);
        float4 mean = *(float4*)(m + i);
        float4 square = *(float4*)(v + i);
        adamw(parameter.x, gradient.x, mean.x, square.x, o);
        adamw(parameter.y, gradient.y, mean.y, square.y, o);
        adamw(parameter.z, gradient.z, mean.z, square.z, o);
        adamw(parameter.w, gradient.w, mean.w, square.w, o);
        *(float4*)(p + i) = parameter;
        *(float4*)(m + i) = mean;
        *(float4*)(v + i) = square;
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        float parameter = p[i];
        float mean = m[i];
        float square = v[i];
        adamw(parameter, g[i], mean, square, o);
        p[i] = parameter;
        m[i] = mean;
        v[i] = square;
    }
}

// average += rate (w - average)
extern "C" __global__ void __launch_bounds__(THREADS)
    average_update(float* __restrict__ average, const float* __restrict__ w, const float* __restrict__ values,
                   const float* __restrict__ status, unsigned n) {
    unsigned i = 4 * (blockIdx.x * blockDim.x + threadIdx.x);
    if (i >= n || status[2] == 0.0f) {
        return;
    }
    float rate = values[3];
    if (i + 4 <= n) {
        float4 a = *(float4*)(average + i);
        float4 b = *(const float4*)(w + i);
        a.x += rate * (b.x - a.x);
        a.y += rate * (b.y - a.y);
        a.z += rate * (b.z - a.z);
        a.w += rate * (b.w - a.w);
        *(float4*)(average + i) = a;
        return;
    }
#pragma unroll 1
    for (; i < n; i++) {
        average[i] += rate * (w[i] - average[i]);
    }
}
