// Classification losses of the detection head on logits (N, A, C), labels and qualities as detection_matching.cu writes
// them.
#include "detection_loss.cuh"
#include "division.cuh"
#include "logistic.cuh"

// Logits that a thread reads, THREADS apart, and how many of them it reads before it uses the first, so that enough
// reads are in flight for the bandwidth of a GPU.
#define STEPS 16
#define AHEAD 4

// loss = scale * sum of losses / max(1, sum of shares); factor is the factor of the gradient in the backward kernels.
extern "C" __global__ void __launch_bounds__(THREADS)
    detection_loss_finish(const float* __restrict__ partials, float* __restrict__ loss, float* __restrict__ factor,
                          float scale, int blocks) {
    __shared__ float shared[THREADS];
    float losses = 0.0f;
    float shares = 0.0f;
    for (int b = threadIdx.x; b < blocks; b += THREADS) {
        losses += partials[2 * b];
        shares += partials[2 * b + 1];
    }
    losses = block_sum(losses, shared);
    shares = block_sum(shares, shared);
    if (threadIdx.x == 0) {
        float by = scale / (shares > 1.0f ? shares : 1.0f);
        loss[0] = by * losses;
        factor[0] = by;
    }
}

// Focal loss with gamma 1 (Lin et al. 2017, equation 5) of one logit; target is 0 or 1.
__device__ __forceinline__ float focal(float x, bool positive, float alpha) {
    float e = __expf(-fabsf(x));
    float s = 1.0f / (1.0f + e);
    float away = x >= 0.0f == positive ? e * s : s;
    float entropy = (x >= 0.0f == positive ? 0.0f : fabsf(x)) + log_one_plus(e);
    return (positive ? alpha : 1.0f - alpha) * away * entropy;
}

__device__ __forceinline__ float focal_slope(float x, bool positive, float alpha) {
    float e = __expf(-fabsf(x));
    float s = 1.0f / (1.0f + e);
    float away = x >= 0.0f == positive ? e * s : s;
    float entropy = (x >= 0.0f == positive ? 0.0f : fabsf(x)) + log_one_plus(e);
    float slope = e * s * s * entropy + away * away;
    return positive ? -alpha * slope : (1.0f - alpha) * slope;
}

// Quality focal loss with beta 2 (Li et al. 2020, equation 3) of one logit; target is in [0, 1].
__device__ __forceinline__ float quality_focal(float x, float target) {
    float e = __expf(-fabsf(x));
    float s = 1.0f / (1.0f + e);
    float away = target - (x >= 0.0f ? s : e * s);
    return away * away * (fmaxf(x, 0.0f) - x * target + log_one_plus(e));
}

__device__ __forceinline__ float quality_focal_slope(float x, float target) {
    float e = __expf(-fabsf(x));
    float s = 1.0f / (1.0f + e);
    float away = (x >= 0.0f ? s : e * s) - target;
    float entropy = fmaxf(x, 0.0f) - x * target + log_one_plus(e);
    return away * (2.0f * e * s * s * entropy + away * away);
}

// The focal loss in the form for class_loss_forward and class_loss_backward: the target of a logit, its loss, slope and
// share.
struct Focal {
    float alpha;

    __device__ __forceinline__ bool target(int, bool positive) const {
        return positive;
    }

    __device__ __forceinline__ float loss(float x, bool positive) const {
        return focal(x, positive, alpha);
    }

    __device__ __forceinline__ float slope(float x, bool positive) const {
        return focal_slope(x, positive, alpha);
    }

    __device__ __forceinline__ float share(bool positive) const {
        return positive ? 1.0f : 0.0f;
    }
};

struct QualityFocal {
    const float* __restrict__ qualities;

    __device__ __forceinline__ float target(int anchor, bool positive) const {
        return positive ? qualities[anchor] : 0.0f;
    }

    __device__ __forceinline__ float loss(float x, float target) const {
        return quality_focal(x, target);
    }

    __device__ __forceinline__ float slope(float x, float target) const {
        return quality_focal_slope(x, target);
    }

    __device__ __forceinline__ float share(float target) const {
        return target > 0.0f ? 1.0f : 0.0f;
    }
};

// A thread adds the losses of STEPS logits of one image, except those that are ignored.
template <typename Loss>
__device__ __forceinline__ void class_loss_forward(const Loss& by_logit, const float* __restrict__ conf,
                                                   const int* __restrict__ labels, const float* __restrict__ weights,
                                                   float* __restrict__ partials, int anchor_count, int classes,
                                                   unsigned class_magic, unsigned class_shift, int blocks_per_image) {
    __shared__ float shared[THREADS];
    int n = blockIdx.x / blocks_per_image;
    int e = (blockIdx.x - n * blocks_per_image) * (THREADS * STEPS) + threadIdx.x;
    int elements = anchor_count * classes;
    float weight = weights[2 * n];
    float loss = 0.0f;
    float positives = 0.0f;
    if (weight > 0.0f && elements > 0) {
#pragma unroll 1
        for (int step = 0; step < STEPS; step += AHEAD) {
            float logit[AHEAD];
            int anchor[AHEAD];
            int label[AHEAD];
#pragma unroll
            for (int i = 0; i < AHEAD; i++) {
                int at = min(e + i * THREADS, elements - 1);
                anchor[i] = (int)divide(at, class_magic, class_shift);
                logit[i] = conf[n * elements + at];
                label[i] = labels[n * anchor_count + anchor[i]];
            }
#pragma unroll
            for (int i = 0; i < AHEAD; i++) {
                int c = e + i * THREADS - anchor[i] * classes;
                if (e + i * THREADS < elements && label[i] != -2 - c) {
                    auto target = by_logit.target(n * anchor_count + anchor[i], label[i] == c);
                    loss += by_logit.loss(logit[i], target);
                    positives += by_logit.share(target);
                }
            }
            e += AHEAD * THREADS;
        }
    }
    write_partial(partials, loss, positives, weight, shared);
}

template <typename Loss>
__device__ __forceinline__ void class_loss_backward(const Loss& by_logit, const float* __restrict__ conf,
                                                    const int* __restrict__ labels, const float* __restrict__ weights,
                                                    const float* __restrict__ factor,
                                                    const float* __restrict__ upstream, float* __restrict__ gradient,
                                                    int anchor_count, int classes, unsigned class_magic,
                                                    unsigned class_shift, int blocks_per_image) {
    int n = blockIdx.x / blocks_per_image;
    int e = (blockIdx.x - n * blocks_per_image) * (THREADS * STEPS) + threadIdx.x;
    int elements = anchor_count * classes;
    float weight = weights[2 * n];
    float by = weight * factor[0] * upstream[0];
#pragma unroll 1
    for (int step = 0; step < STEPS && e < elements; step += AHEAD) {
        float logit[AHEAD];
        int anchor[AHEAD];
        int label[AHEAD];
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            int at = min(e + i * THREADS, elements - 1);
            anchor[i] = (int)divide(at, class_magic, class_shift);
            logit[i] = conf[n * elements + at];
            label[i] = labels[n * anchor_count + anchor[i]];
        }
#pragma unroll
        for (int i = 0; i < AHEAD; i++) {
            int at = e + i * THREADS;
            int c = at - anchor[i] * classes;
            if (at < elements) {
                float slope = 0.0f;
                if (weight > 0.0f && label[i] != -2 - c) {
                    auto target = by_logit.target(n * anchor_count + anchor[i], label[i] == c);
                    slope = by * by_logit.slope(logit[i], target);
                }
                gradient[n * elements + at] = slope;
            }
        }
        e += AHEAD * THREADS;
    }
}

extern "C" __global__ void __launch_bounds__(THREADS)
    focal_loss_forward(const float* __restrict__ conf, const int* __restrict__ labels,
                       const float* __restrict__ weights, float* __restrict__ partials, float alpha, int anchor_count,
                       int classes, unsigned class_magic, unsigned class_shift, int blocks_per_image) {
    Focal focal = {alpha};
    class_loss_forward(focal, conf, labels, weights, partials, anchor_count, classes, class_magic, class_shift,
                       blocks_per_image);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    focal_loss_backward(const float* __restrict__ conf, const int* __restrict__ labels,
                        const float* __restrict__ weights, const float* __restrict__ factor,
                        const float* __restrict__ upstream, float* __restrict__ gradient, float alpha, int anchor_count,
                        int classes, unsigned class_magic, unsigned class_shift, int blocks_per_image) {
    Focal focal = {alpha};
    class_loss_backward(focal, conf, labels, weights, factor, upstream, gradient, anchor_count, classes, class_magic,
                        class_shift, blocks_per_image);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    quality_focal_loss_forward(const float* __restrict__ conf, const int* __restrict__ labels,
                               const float* __restrict__ qualities, const float* __restrict__ weights,
                               float* __restrict__ partials, int anchor_count, int classes, unsigned class_magic,
                               unsigned class_shift, int blocks_per_image) {
    QualityFocal focal = {qualities};
    class_loss_forward(focal, conf, labels, weights, partials, anchor_count, classes, class_magic, class_shift,
                       blocks_per_image);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    quality_focal_loss_backward(const float* __restrict__ conf, const int* __restrict__ labels,
                                const float* __restrict__ qualities, const float* __restrict__ weights,
                                const float* __restrict__ factor, const float* __restrict__ upstream,
                                float* __restrict__ gradient, int anchor_count, int classes, unsigned class_magic,
                                unsigned class_shift, int blocks_per_image) {
    QualityFocal focal = {qualities};
    class_loss_backward(focal, conf, labels, weights, factor, upstream, gradient, anchor_count, classes, class_magic,
                        class_shift, blocks_per_image);
}
