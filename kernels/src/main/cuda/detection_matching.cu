// Matching of anchors with ground-truth boxes: by intersection over union, and by Mutual Guide.
//
// Outputs of both: labels[n, a] is the class of a positive anchor, -1 for background, and -2 - c for an anchor that is
// ignored for class c; qualities[n, a] the soft score of a positive; box_targets[n, a] the encoded box that the anchor
// should predict; box_weights[n, a] its weight, 0 where there is nothing to predict.
#include "boxes.cuh"

#define FORCED_THREADS 256
#define SELECT_THREADS 128
#define GUIDE_K 15

// A key that increases with the value and, among equal values, decreases with the index; 0 is below every key.
__device__ __forceinline__ long long ranked(float value, int index) {
    return ((long long)__float_as_int(value) << 32) | (long long)(0x7fffffff - index);
}

__device__ __forceinline__ int ranked_index(long long key) {
    return 0x7fffffff - (int)key;
}

__device__ __forceinline__ float ranked_value(long long key) {
    return __int_as_float((int)(key >> 32));
}

// One block for each (image, box): the anchor with the maximum overlap, the first of equals; -1 when none overlaps.
extern "C" __global__ void __launch_bounds__(FORCED_THREADS)
    box_match_forced(const float4* __restrict__ anchors, const float4* __restrict__ boxes,
                     const int* __restrict__ labels, const int* __restrict__ counts, int* __restrict__ forced,
                     int anchor_count, int box_limit) {
    __shared__ long long keys[FORCED_THREADS];
    int n = blockIdx.x / box_limit;
    int g = blockIdx.x - n * box_limit;
    if (g >= counts[n]) {
        return;
    }
    float4 box = boxes[blockIdx.x];
    long long best = 0;
    if (usable(box, labels[blockIdx.x])) {
        for (int a = threadIdx.x; a < anchor_count; a += FORCED_THREADS) {
            float overlap = iou(box, anchor_corners(anchors[a]));
            if (overlap > 0.0f) {
                long long key = ranked(overlap, a);
                best = key > best ? key : best;
            }
        }
    }
    keys[threadIdx.x] = best;
    for (int step = FORCED_THREADS / 2; step > 0; step >>= 1) {
        __syncthreads();
        if (threadIdx.x < step) {
            long long other = keys[threadIdx.x + step];
            if (other > keys[threadIdx.x]) {
                keys[threadIdx.x] = other;
            }
        }
    }
    if (threadIdx.x == 0) {
        forced[blockIdx.x] = keys[0] > 0 ? ranked_index(keys[0]) : -1;
    }
}

// One thread for each (image, anchor): positive from 0.5 or when forced, ignored from 0.4, background below.
extern "C" __global__ void __launch_bounds__(256)
    box_match_targets(const float4* __restrict__ anchors, const float4* __restrict__ boxes,
                      const int* __restrict__ box_labels, const int* __restrict__ counts,
                      const int* __restrict__ forced, int* __restrict__ labels, float* __restrict__ qualities,
                      float4* __restrict__ box_targets, float* __restrict__ box_weights, int anchor_count,
                      int box_limit, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / anchor_count;
    int a = i - n * anchor_count;
    float4 anchor = anchors[a];
    float4 corners = anchor_corners(anchor);
    int count = min(counts[n], box_limit);
    int first = n * box_limit;
    float best = 0.0f;
    int owner = -1;
    int claimant = -1;
    for (int g = first; g < first + count; g++) {
        float4 box = boxes[g];
        if (usable(box, box_labels[g])) {
            float overlap = iou(box, corners);
            if (overlap > best) {
                best = overlap;
                owner = g;
            }
            if (forced[g] == a) {
                claimant = g;
            }
        }
    }
    if (claimant >= 0) {
        best = 1.0f;
        owner = claimant;
    }
    int label = -1;
    bool positive = best >= 0.5f;
    float4 target = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    if (positive) {
        label = box_labels[owner];
        target = encode_box(boxes[owner], anchor);
    } else if (best >= 0.4f) {
        label = -2 - box_labels[owner];
    }
    labels[i] = label;
    qualities[i] = positive ? 1.0f : 0.0f;
    box_targets[i] = target;
    box_weights[i] = positive ? 1.0f : 0.0f;
}

// One thread for each (image, anchor). Row 0 of values and owners, (2, N, A): the best overlap of the decoded
// prediction with a box; row 1: the best overlap of the anchor with a box, amplified by the predicted score of the
// box's class.
extern "C" __global__ void __launch_bounds__(256)
    mutual_guide_overlaps(const float4* __restrict__ anchors, const float4* __restrict__ boxes,
                          const int* __restrict__ box_labels, const int* __restrict__ counts,
                          const float4* __restrict__ loc, const float* __restrict__ conf, float* __restrict__ values,
                          int* __restrict__ owners, int* __restrict__ selected, int anchor_count, int box_limit,
                          int classes, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / anchor_count;
    int a = i - n * anchor_count;
    int count = min(counts[n], box_limit);
    float4 anchor = anchors[a];
    float4 corners = anchor_corners(anchor);
    float4 predicted = decode_box(loc[i], anchor);
    float best_predicted = 0.0f;
    float best_guided = 0.0f;
    int owner_predicted = -1;
    int owner_guided = -1;
    for (int g = 0; g < count; g++) {
        float4 box = boxes[n * box_limit + g];
        int label = box_labels[n * box_limit + g];
        if (usable(box, label) && label < classes) {
            float overlap = iou(box, predicted);
            if (overlap > best_predicted) {
                best_predicted = overlap;
                owner_predicted = g;
            }
            float guided = iou(box, corners);
            if (guided > 0.0f) {
                guided *= __expf(0.5f * logistic(conf[i * classes + label]));
                if (guided > 1.0f) {
                    guided = 1.0f;
                }
                if (guided > best_guided) {
                    best_guided = guided;
                    owner_guided = g;
                }
            }
        }
    }
    values[i] = best_predicted;
    owners[i] = owner_predicted;
    selected[i] = -1;
    values[total + i] = best_guided;
    owners[total + i] = owner_guided;
    selected[total + i] = -1;
}

// The maximum key below the bound among the anchors of a thread.
__device__ __forceinline__ long long max_below(long long bound, const float* values, const int* owners, int owner,
                                               int anchor_count) {
    long long best = 0;
    for (int a = threadIdx.x; a < anchor_count; a += SELECT_THREADS) {
        if (owners[a] == owner) {
            long long key = ranked(values[a], a);
            if (key < bound && key > best) {
                best = key;
            }
        }
    }
    return best;
}

// One block for each (row, image, box): marks the k anchors of the box with the highest values, where k is the sum of
// the GUIDE_K highest, rounded down, and at least 1.
extern "C" __global__ void __launch_bounds__(SELECT_THREADS)
    mutual_guide_select(const float* __restrict__ values, const int* __restrict__ owners,
                        const int* __restrict__ counts, int* __restrict__ selected, int images, int anchor_count,
                        int box_limit) {
    __shared__ long long keys[SELECT_THREADS];
    __shared__ long long order[GUIDE_K];
    int rows = blockIdx.x / box_limit;
    int g = blockIdx.x - rows * box_limit;
    int n = rows < images ? rows : rows - images;
    if (g >= counts[n]) {
        return;
    }
    int offset = rows * anchor_count;
    long long own = max_below(0x7fffffffffffffffLL, values + offset, owners + offset, g, anchor_count);
    keys[threadIdx.x] = own;
    float sum = 0.0f;
    int found = 0;
    for (int round = 0; round < GUIDE_K; round++) {
        __syncthreads();
        if (threadIdx.x == 0) {
            long long best = 0;
            for (int t = 0; t < SELECT_THREADS; t++) {
                best = keys[t] > best ? keys[t] : best;
            }
            order[round] = best;
        }
        __syncthreads();
        long long winner = order[round];
        if (winner == 0) {
            break;
        }
        sum += ranked_value(winner);
        found++;
        if (own == winner) {
            own = max_below(winner, values + offset, owners + offset, g, anchor_count);
            keys[threadIdx.x] = own;
        }
    }
    int k = (int)sum;
    k = k < 1 ? 1 : k;
    k = k > found ? found : k;
    if (threadIdx.x < k) {
        selected[offset + ranked_index(order[threadIdx.x])] = g;
    }
}

// One thread for each (image, anchor): row 0 labels the classes, row 1 the boxes.
extern "C" __global__ void __launch_bounds__(256)
    mutual_guide_targets(const float4* __restrict__ anchors, const float4* __restrict__ boxes,
                         const int* __restrict__ box_labels, const float* __restrict__ values,
                         const int* __restrict__ selected, int* __restrict__ labels, float* __restrict__ qualities,
                         float4* __restrict__ box_targets, float* __restrict__ box_weights, int anchor_count,
                         int box_limit, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i >= total) {
        return;
    }
    int n = i / anchor_count;
    int a = i - n * anchor_count;
    int by_prediction = selected[i];
    int by_anchor = selected[total + i];
    labels[i] = by_prediction >= 0 ? box_labels[n * box_limit + by_prediction] : -1;
    qualities[i] = by_prediction >= 0 ? values[i] : 0.0f;
    float4 target = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
    float weight = 0.0f;
    if (by_anchor >= 0) {
        target = encode_box(boxes[n * box_limit + by_anchor], anchors[a]);
        weight = values[total + i];
    }
    box_targets[i] = target;
    box_weights[i] = weight;
}
