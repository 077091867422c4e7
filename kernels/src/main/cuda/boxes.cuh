// Boxes as (x0, y0, x1, y1) and anchors as (center x, center y, width, height), both as fractions of the image's size.
#pragma once

// ln(1000 / 16): a box is at most 62.5 times as wide or high as its anchor, so that no prediction overflows.
#define MAX_LOG_GROWTH 4.135166556742356f

__device__ __forceinline__ float logistic(float x) {
    float e = __expf(-fabsf(x));
    float s = 1.0f / (1.0f + e);
    return x >= 0.0f ? s : e * s;
}

__device__ __forceinline__ float4 anchor_corners(float4 anchor) {
    float w = 0.5f * anchor.z;
    float h = 0.5f * anchor.w;
    return make_float4(anchor.x - w, anchor.y - h, anchor.x + w, anchor.y + h);
}

// Box encoding of Liu et al. 2016 (SSD), section 2.2, with the variances 0.1 and 0.2 of its implementation.
__device__ __forceinline__ float4 decode_box(float4 t, float4 anchor) {
    float cx = anchor.x + 0.1f * t.x * anchor.z;
    float cy = anchor.y + 0.1f * t.y * anchor.w;
    float gw = 0.2f * t.z;
    float gh = 0.2f * t.w;
    float w = 0.5f * anchor.z * __expf(gw > MAX_LOG_GROWTH ? MAX_LOG_GROWTH : gw);
    float h = 0.5f * anchor.w * __expf(gh > MAX_LOG_GROWTH ? MAX_LOG_GROWTH : gh);
    return make_float4(cx - w, cy - h, cx + w, cy + h);
}

__device__ __forceinline__ float4 encode_box(float4 box, float4 anchor) {
    float x = (0.5f * (box.x + box.z) - anchor.x) / (0.1f * anchor.z);
    float y = (0.5f * (box.y + box.w) - anchor.y) / (0.1f * anchor.w);
    float w = logf((box.z - box.x) / anchor.z) / 0.2f;
    float h = logf((box.w - box.y) / anchor.w) / 0.2f;
    return make_float4(x, y, w, h);
}

__device__ __forceinline__ float area(float4 box) {
    return (box.z - box.x) * (box.w - box.y);
}

// Intersection over union; 0 when they do not overlap or a coordinate is NaN.
__device__ __forceinline__ float iou(float4 a, float4 b) {
    float w = fminf(a.z, b.z) - fmaxf(a.x, b.x);
    float h = fminf(a.w, b.w) - fmaxf(a.y, b.y);
    if (!(w > 0.0f && h > 0.0f)) {
        return 0.0f;
    }
    float intersection = w * h;
    return intersection / (area(a) + area(b) - intersection);
}

// A ground-truth box without area, or without a class, is not matched.
__device__ __forceinline__ bool usable(float4 box, int label) {
    return box.z > box.x && box.w > box.y && label >= 0;
}
