// Box losses of the detection head on encoded offsets (N, A, 4).
#include "balanced_l1.cuh"
#include "boxes.cuh"
#include "detection_loss.cuh"

// Anchors that a thread reads, THREADS apart.
#define STEPS 4

// 1 - GIoU (Rezatofighi et al. 2019, algorithm 1) of two boxes, the second of which has an area.
__device__ __forceinline__ float generalized_iou_loss(float4 p, float4 t) {
    float w = fminf(p.z, t.z) - fmaxf(p.x, t.x);
    float h = fminf(p.w, t.w) - fmaxf(p.y, t.y);
    float intersection = w > 0.0f && h > 0.0f ? w * h : 0.0f;
    float all = area(p) + area(t) - intersection;
    float hull = (fmaxf(p.z, t.z) - fminf(p.x, t.x)) * (fmaxf(p.w, t.w) - fminf(p.y, t.y));
    return (1.0f - intersection / all) + (1.0f - all / hull);
}

// Balanced L1 in the form for box_loss_forward and box_loss_backward: the loss of box i, of anchor a, and its gradient
// times `by`.
struct BalancedL1 {
    const float4* __restrict__ loc;
    const float4* __restrict__ targets;

    __device__ __forceinline__ float loss(int i, int) const {
        float4 p = loc[i];
        float4 t = targets[i];
        return balanced(p.x - t.x) + balanced(p.y - t.y) + balanced(p.z - t.z) + balanced(p.w - t.w);
    }

    __device__ __forceinline__ float4 slope(int i, int, float by) const {
        float4 p = loc[i];
        float4 t = targets[i];
        return make_float4(by * balanced_slope(p.x - t.x), by * balanced_slope(p.y - t.y),
                           by * balanced_slope(p.z - t.z), by * balanced_slope(p.w - t.w));
    }
};

struct GeneralizedIou {
    const float4* __restrict__ loc;
    const float4* __restrict__ targets;
    const float4* __restrict__ anchors;

    __device__ __forceinline__ float loss(int i, int a) const {
        float4 anchor = anchors[a];
        return generalized_iou_loss(decode_box(loc[i], anchor), decode_box(targets[i], anchor));
    }

    __device__ __forceinline__ float4 slope(int i, int a, float by) const {
        float4 anchor = anchors[a];
        float4 predicted = loc[i];
        float4 p = decode_box(predicted, anchor);
        float4 t = decode_box(targets[i], anchor);
        float w = fminf(p.z, t.z) - fmaxf(p.x, t.x);
        float h = fminf(p.w, t.w) - fmaxf(p.y, t.y);
        bool meet = w > 0.0f && h > 0.0f;
        float intersection = meet ? w * h : 0.0f;
        float all = area(p) + area(t) - intersection;
        float hull_w = fmaxf(p.z, t.z) - fminf(p.x, t.x);
        float hull_h = fmaxf(p.w, t.w) - fminf(p.y, t.y);
        float hull = hull_w * hull_h;
        // loss = 2 - I / U - U / H with U = P + T - I
        float by_all = intersection / (all * all) - 1.0f / hull;
        float by_intersection = meet ? -1.0f / all - by_all : 0.0f;
        float by_hull = all / (hull * hull);
        float x0 = -by_all * (p.w - p.y);
        float y0 = -by_all * (p.z - p.x);
        float x1 = -x0;
        float y1 = -y0;
        if (p.x > t.x) {
            x0 -= by_intersection * h;
        } else {
            x0 -= by_hull * hull_h;
        }
        if (p.y > t.y) {
            y0 -= by_intersection * w;
        } else {
            y0 -= by_hull * hull_w;
        }
        if (p.z < t.z) {
            x1 += by_intersection * h;
        } else {
            x1 += by_hull * hull_h;
        }
        if (p.w < t.w) {
            y1 += by_intersection * w;
        } else {
            y1 += by_hull * hull_w;
        }
        float x = by * 0.1f * anchor.z * (x0 + x1);
        float y = by * 0.1f * anchor.w * (y0 + y1);
        float z = 0.2f * predicted.z > MAX_LOG_GROWTH ? 0.0f : by * 0.1f * (p.z - p.x) * (x1 - x0);
        float slope_w = 0.2f * predicted.w > MAX_LOG_GROWTH ? 0.0f : by * 0.1f * (p.w - p.y) * (y1 - y0);
        return make_float4(x, y, z, slope_w);
    }
};

// A thread adds the losses of STEPS anchors of one image.
template <typename Loss>
__device__ __forceinline__ void box_loss_forward(const Loss& by_box, const float* __restrict__ box_weights,
                                                 const float* __restrict__ weights, float* __restrict__ partials,
                                                 int anchor_count, int blocks_per_image) {
    __shared__ float shared[THREADS];
    int n = blockIdx.x / blocks_per_image;
    int a = (blockIdx.x - n * blocks_per_image) * (THREADS * STEPS) + threadIdx.x;
    float weight = weights[2 * n];
    float loss = 0.0f;
    float share = 0.0f;
    if (weight > 0.0f) {
#pragma unroll 1
        for (int step = 0; step < STEPS; step++) {
            if (a < anchor_count) {
                int i = n * anchor_count + a;
                float w = box_weights[i];
                if (w > 0.0f) {
                    loss += w * by_box.loss(i, a);
                    share += w;
                }
            }
            a += THREADS;
        }
    }
    write_partial(partials, loss, share, weight, shared);
}

// One thread for each anchor of an image.
template <typename Loss>
__device__ __forceinline__ void box_loss_backward(const Loss& by_box, const float* __restrict__ box_weights,
                                                  const float* __restrict__ weights, const float* __restrict__ factor,
                                                  const float* __restrict__ upstream, float4* __restrict__ gradient,
                                                  int anchor_count, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / anchor_count;
    float weight = weights[2 * n];
    float share = box_weights[i];
    float4 slope = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (weight > 0.0f && share > 0.0f) {
        slope = by_box.slope(i, i - n * anchor_count, weight * share * factor[0] * upstream[0]);
    }
    gradient[i] = slope;
}

extern "C" __global__ void __launch_bounds__(THREADS)
    balanced_l1_forward(const float4* __restrict__ loc, const float4* __restrict__ box_targets,
                        const float* __restrict__ box_weights, const float* __restrict__ weights,
                        float* __restrict__ partials, int anchor_count, int blocks_per_image) {
    BalancedL1 loss = {loc, box_targets};
    box_loss_forward(loss, box_weights, weights, partials, anchor_count, blocks_per_image);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    balanced_l1_backward(const float4* __restrict__ loc, const float4* __restrict__ box_targets,
                         const float* __restrict__ box_weights, const float* __restrict__ weights,
                         const float* __restrict__ factor, const float* __restrict__ upstream,
                         float4* __restrict__ gradient, int anchor_count, int total) {
    BalancedL1 loss = {loc, box_targets};
    box_loss_backward(loss, box_weights, weights, factor, upstream, gradient, anchor_count, total);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    generalized_iou_forward(const float4* __restrict__ loc, const float4* __restrict__ anchors,
                            const float4* __restrict__ box_targets, const float* __restrict__ box_weights,
                            const float* __restrict__ weights, float* __restrict__ partials, int anchor_count,
                            int blocks_per_image) {
    GeneralizedIou loss = {loc, box_targets, anchors};
    box_loss_forward(loss, box_weights, weights, partials, anchor_count, blocks_per_image);
}

extern "C" __global__ void __launch_bounds__(THREADS)
    generalized_iou_backward(const float4* __restrict__ loc, const float4* __restrict__ anchors,
                             const float4* __restrict__ box_targets, const float* __restrict__ box_weights,
                             const float* __restrict__ weights, const float* __restrict__ factor,
                             const float* __restrict__ upstream, float4* __restrict__ gradient, int anchor_count,
                             int total) {
    GeneralizedIou loss = {loc, box_targets, anchors};
    box_loss_backward(loss, box_weights, weights, factor, upstream, gradient, anchor_count, total);
}
