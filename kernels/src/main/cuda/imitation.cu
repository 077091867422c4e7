// Losses by which a student imitates the outputs of a teacher, the shares of images, and the sum of partial sums.
#include "balanced_l1.cuh"
#include "imitation.cuh"
#include "logistic.cuh"

// Logits that a thread reads, THREADS apart.
#define STEPS 8

// `size` >= 0 with the sign of d; 0 for d = 0, NaN for NaN.
static __device__ __forceinline__ float signed_like(float size, float d) {
    return d > 0.0f ? size : d < 0.0f ? -size : d;
}

// One thread for each teacher: 0 of boxes, 1 of masks. `choice` is 0 for annotated images (weight 1), 1 for the others,
// 2 for all, 3 for none. An image's share is 1 / the number of images that the teacher applies to.
extern "C" __global__ void __launch_bounds__(32)
    imitation_images(const float* __restrict__ weights, float* __restrict__ images, int detection, int segmentation,
                     int n) {
    int teacher = blockIdx.x * blockDim.x + threadIdx.x;
    if (teacher >= 2) {
        return;
    }
    int choice = teacher == 0 ? detection : segmentation;
    int count = 0;
#pragma unroll 1
    for (int i = 0; i < n; i++) {
        int unlabelled = weights[2 * i + teacher] < 1.0f ? 1 : 0;
        count += choice == 2 || choice == unlabelled ? 1 : 0;
    }
    float share = 1.0f / (float)(count > 1 ? count : 1);
#pragma unroll 1
    for (int i = 0; i < n; i++) {
        int unlabelled = weights[2 * i + teacher] < 1.0f ? 1 : 0;
        images[2 * i + teacher] = choice == 2 || choice == unlabelled ? share : 0.0f;
    }
}

// Balanced L1 of a difference of offsets, and its slope times `by`.
struct Balanced {
    __device__ __forceinline__ float value(float d) const {
        return balanced(d);
    }

    __device__ __forceinline__ float slope(float d, float by) const {
        return by * balanced_slope(d);
    }
};

// The absolute difference; its slope at 0 is 0.
struct Absolute {
    __device__ __forceinline__ float value(float d) const {
        return fabsf(d);
    }

    __device__ __forceinline__ float slope(float d, float by) const {
        return signed_like(by, d);
    }
};

// A loss of the difference of offsets (N, A, 4), one thread for each anchor.
template <typename Distance>
static __device__ __forceinline__ void offsets_loss(Distance distance, const float4* __restrict__ student,
                                                    const float4* __restrict__ teacher,
                                                    const float* __restrict__ images, float4* __restrict__ gradient,
                                                    float* __restrict__ partials, float scale, int anchors,
                                                    int blocks_per_image) {
    __shared__ float shared[THREADS];
    int n = blockIdx.x / blocks_per_image;
    int a = (blockIdx.x - n * blocks_per_image) * THREADS + threadIdx.x;
    float by = scale * images[2 * n];
    float loss = 0.0f;
    if (a < anchors) {
        int i = n * anchors + a;
        float4 slope = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        if (by > 0.0f) {
            float4 p = student[i];
            float4 t = teacher[i];
            float4 d = make_float4(p.x - t.x, p.y - t.y, p.z - t.z, p.w - t.w);
            loss = by * (distance.value(d.x) + distance.value(d.y) + distance.value(d.z) + distance.value(d.w));
            slope = make_float4(distance.slope(d.x, by), distance.slope(d.y, by), distance.slope(d.z, by),
                                distance.slope(d.w, by));
        }
        gradient[i] = slope;
    }
    write_partial(partials, loss, shared);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_location(const float4* __restrict__ student, const float4* __restrict__ teacher,
                       const float* __restrict__ images, float4* __restrict__ gradient, float* __restrict__ partials,
                       float scale, int anchors, int blocks_per_image) {
    offsets_loss(Balanced(), student, teacher, images, gradient, partials, scale, anchors, blocks_per_image);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_absolute(const float4* __restrict__ student, const float4* __restrict__ teacher,
                       const float* __restrict__ images, float4* __restrict__ gradient, float* __restrict__ partials,
                       float scale, int anchors, int blocks_per_image) {
    offsets_loss(Absolute(), student, teacher, images, gradient, partials, scale, anchors, blocks_per_image);
}

// One block for each image: the divisor of its loss: the number of its teacher's scores above one half, at least 1.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_confident(const float* __restrict__ teacher, const float* __restrict__ images,
                        float* __restrict__ factors, float scale, int elements) {
    __shared__ int shared[THREADS];
    int n = blockIdx.x;
    float by = scale * images[2 * n];
    int count = 0;
    if (by > 0.0f) {
#pragma unroll 1
        for (int e = threadIdx.x; e < elements; e += THREADS) {
            count += teacher[n * elements + e] > 0.0f ? 1 : 0;
        }
    }
    count = block_sum(count, shared);
    if (threadIdx.x == 0) {
        factors[n] = by / (float)(count > 1 ? count : 1);
    }
}

// Focal-weighted cross-entropy of a logit against the teacher's probability: with p and t the logistic function of
// both, divided by a temperature, a q BCE where q = (1 - p) t + p (1 - t) and a = t / 4 + 3 (1 - t) / 4. `inverse` is 1
// / temperature; `by` includes temperature^2.
struct FocalEntropy {
    float inverse;

    __device__ __forceinline__ float slope(float student, float teacher, float by, float& loss) const {
        float x = inverse * student;
        float t = logistic(inverse * teacher);
        float small = expf(-fabsf(x));
        float s = 1.0f / (1.0f + small);
        float p = x >= 0.0f ? s : small * s;
        float entropy = fmaxf(x, 0.0f) - x * t + log_one_plus(small);
        float q = (1.0f - p) * t + p * (1.0f - t);
        float a = by * (0.75f - 0.5f * t);
        loss += a * q * entropy;
        return a * inverse * ((1.0f - 2.0f * t) * small * s * s * entropy + q * (p - t));
    }
};

// Cross-entropy of a logit against the teacher's probability, times the square of the difference of both probabilities,
// which has no gradient.
struct GuidedEntropy {
    __device__ __forceinline__ float slope(float x, float teacher, float by, float& loss) const {
        float t = logistic(teacher);
        float small = expf(-fabsf(x));
        float s = 1.0f / (1.0f + small);
        float away = (x >= 0.0f ? s : small * s) - t;
        float weight = by * away * away;
        loss += weight * (fmaxf(x, 0.0f) - x * t + log_one_plus(small));
        return weight * away;
    }
};

// A loss of logits (N, E): a thread processes STEPS logits of one image. by: factor of the image's loss
template <typename Entropy>
static __device__ __forceinline__ void logits_loss(Entropy entropy, float by, int n, const float* __restrict__ student,
                                                   const float* __restrict__ teacher, float* __restrict__ gradient,
                                                   float* __restrict__ partials, int elements, int blocks_per_image) {
    __shared__ float shared[THREADS];
    int e = (blockIdx.x - n * blocks_per_image) * (THREADS * STEPS) + threadIdx.x;
    float loss = 0.0f;
#pragma unroll 1
    for (int step = 0; step < STEPS; step++) {
        if (e < elements) {
            int i = n * elements + e;
            gradient[i] = by > 0.0f ? entropy.slope(student[i], teacher[i], by, loss) : 0.0f;
        }
        e += THREADS;
    }
    write_partial(partials, loss, shared);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_confidence(const float* __restrict__ student, const float* __restrict__ teacher,
                         const float* __restrict__ images, float* __restrict__ gradient, float* __restrict__ partials,
                         float scale, float inverse, int elements, int blocks_per_image) {
    int n = blockIdx.x / blocks_per_image;
    FocalEntropy entropy = {inverse};
    logits_loss(entropy, scale * images[2 * n], n, student, teacher, gradient, partials, elements, blocks_per_image);
}

// `factors` is (N), of imitation_confident.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_guided(const float* __restrict__ student, const float* __restrict__ teacher,
                     const float* __restrict__ factors, float* __restrict__ gradient, float* __restrict__ partials,
                     int elements, int blocks_per_image) {
    int n = blockIdx.x / blocks_per_image;
    logits_loss(GuidedEntropy(), factors[n], n, student, teacher, gradient, partials, elements, blocks_per_image);
}

// Kullback-Leibler divergence of the student's softmax from the teacher's, both at a temperature; logits (N, P, C), one
// thread for each pixel. `inverse` is 1 / temperature; `scale` includes temperature^2 for the loss, so the slope has
// scale * inverse.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_segmentation(const float* __restrict__ student, const float* __restrict__ teacher,
                           const float* __restrict__ images, float* __restrict__ gradient, float* __restrict__ partials,
                           float scale, float inverse, int pixels, int classes, int blocks_per_image) {
    __shared__ float shared[THREADS];
    int n = blockIdx.x / blocks_per_image;
    int pixel = (blockIdx.x - n * blocks_per_image) * THREADS + threadIdx.x;
    float by = scale * images[2 * n + 1];
    float loss = 0.0f;
    if (pixel < pixels) {
        const float* s = student + (n * pixels + pixel) * classes;
        const float* t = teacher + (n * pixels + pixel) * classes;
        float* to = gradient + (n * pixels + pixel) * classes;
        if (by > 0.0f) {
            float max_s = s[0];
            float max_t = t[0];
#pragma unroll 1
            for (int c = 1; c < classes; c++) {
                max_s = s[c] > max_s ? s[c] : max_s;
                max_t = t[c] > max_t ? t[c] : max_t;
            }
            float sum_s = 0.0f;
            float sum_t = 0.0f;
#pragma unroll 1
            for (int c = 0; c < classes; c++) {
                sum_s += expf((s[c] - max_s) * inverse);
                sum_t += expf((t[c] - max_t) * inverse);
            }
            float difference = logf(sum_s) - logf(sum_t);
            float divergence = 0.0f;
#pragma unroll 1
            for (int c = 0; c < classes; c++) {
                float xs = (s[c] - max_s) * inverse;
                float xt = (t[c] - max_t) * inverse;
                float q = expf(xt) / sum_t;
                divergence += q * (xt - xs + difference);
                to[c] = by * inverse * (expf(xs) / sum_s - q);
            }
            loss = by * divergence;
        } else {
#pragma unroll 1
            for (int c = 0; c < classes; c++) {
                to[c] = 0.0f;
            }
        }
    }
    write_partial(partials, loss, shared);
}

// One block: loss = sum of partial sums.
extern "C" __global__ void __launch_bounds__(THREADS)
    imitation_finish(const float* __restrict__ partials, float* __restrict__ loss, int blocks) {
    __shared__ float shared[THREADS];
    float sum = 0.0f;
#pragma unroll 1
    for (int b = threadIdx.x; b < blocks; b += THREADS) {
        sum += partials[b];
    }
    sum = block_sum(sum, shared);
    if (threadIdx.x == 0) {
        loss[0] = sum;
    }
}
