// From the outputs of the detection head to boxes, one block for each image: the best candidates are selected exactly,
// sorted, decoded, and filtered by non-maximum suppression.
//
// A candidate is an (anchor, class) pair. It is identified by a 64-bit key: the logit's bits, mapped so that unsigned
// order is the order of the numbers, then the inverted index. Keys are unique, so every selection below is exact in any
// order of execution.
#include "boxes.cuh"

#define THREADS 512
#define SUPPRESS_THREADS 256
#define LIMIT 1024
#define BINS 2048
#define GROUPS 64

typedef unsigned long long Key;

__device__ __forceinline__ Key candidate_key(float logit, int index) {
    unsigned bits = __float_as_uint(logit);
    bits ^= (unsigned)((int)bits >> 31) | 0x80000000u;
    return ((Key)bits << 32) | (0xffffffffu - (unsigned)index);
}

__device__ __forceinline__ float candidate_logit(Key key) {
    unsigned bits = (unsigned)(key >> 32);
    bits ^= (bits & 0x80000000u) != 0 ? 0x80000000u : 0xffffffffu;
    return __uint_as_float(bits);
}

// Keys of the `limit` best logits above the threshold, unordered, by radix selection from the most significant digit:
// each round counts the candidates that share the digits fixed so far by their next 11 bits.
extern "C" __global__ void __launch_bounds__(THREADS)
    detection_select(const float* __restrict__ conf, Key* __restrict__ keys, int* __restrict__ counts, float threshold,
                     int per_image, int limit) {
    __shared__ int bins[BINS];
    __shared__ int groups[GROUPS];
    __shared__ int digit;
    __shared__ int above;
    __shared__ int inside;
    __shared__ int taken;
    const float* logits = conf + blockIdx.x * per_image;
    Key prefix = 0;
    int wanted = limit;
    int shift = 64;
    while (shift > 0) {
        int next = shift > 11 ? shift - 11 : 0;
        int mask = (1 << (shift - next)) - 1;
        for (int b = threadIdx.x; b < BINS; b += THREADS) {
            bins[b] = 0;
        }
        __syncthreads();
        for (int i = threadIdx.x; i < per_image; i += THREADS) {
            float logit = logits[i];
            if (logit > threshold) {
                Key key = candidate_key(logit, i);
                if (shift == 64 || key >> shift == prefix) {
                    atomicAdd(&bins[(int)(key >> next) & mask], 1);
                }
            }
        }
        __syncthreads();
        if (threadIdx.x < GROUPS) {
            int sum = 0;
            for (int b = 0; b < BINS / GROUPS; b++) {
                sum += bins[threadIdx.x * (BINS / GROUPS) + b];
            }
            groups[threadIdx.x] = sum;
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            int sum = 0;
            int group = GROUPS - 1;
            while (group > 0 && sum + groups[group] < wanted) {
                sum += groups[group];
                group--;
            }
            int bin = group * (BINS / GROUPS) + BINS / GROUPS - 1;
            while (bin > group * (BINS / GROUPS) && sum + bins[bin] < wanted) {
                sum += bins[bin];
                bin--;
            }
            digit = bin;
            above = sum;
            inside = bins[bin];
            taken = 0;
        }
        __syncthreads();
        prefix = (shift == 64 ? 0 : prefix << (shift - next)) | (Key)digit;
        wanted -= above;
        shift = next;
        if (inside <= wanted) {
            break;
        }
    }
    Key least = prefix << shift;
    for (int i = threadIdx.x; i < per_image; i += THREADS) {
        float logit = logits[i];
        if (logit > threshold) {
            Key key = candidate_key(logit, i);
            if (key >= least) {
                keys[blockIdx.x * LIMIT + atomicAdd(&taken, 1)] = key;
            }
        }
    }
    __syncthreads();
    if (threadIdx.x == 0) {
        counts[blockIdx.x] = taken;
    }
}

// Sorts the candidates by descending key, then decodes them: boxes clipped to the image, score, class. A box that is
// not finite or has no area left gets class -1.
extern "C" __global__ void __launch_bounds__(THREADS)
    detection_sort(const Key* __restrict__ keys, const int* __restrict__ counts, const float4* __restrict__ loc,
                   const float4* __restrict__ anchors, float4* __restrict__ boxes, float* __restrict__ scores,
                   int* __restrict__ labels, int anchor_count, int classes) {
    __shared__ Key sorted[LIMIT];
    int count = counts[blockIdx.x];
    int first = blockIdx.x * LIMIT;
    int size = 2;
    while (size < count) {
        size <<= 1;
    }
    for (int i = threadIdx.x; i < size; i += THREADS) {
        sorted[i] = i < count ? keys[first + i] : 0;
    }
    // Bitonic sort (Batcher 1968).
    for (int run = 2; run <= size; run <<= 1) {
        for (int step = run >> 1; step > 0; step >>= 1) {
            __syncthreads();
            if (threadIdx.x < size >> 1) {
                int low = 2 * threadIdx.x - (threadIdx.x & (step - 1));
                Key a = sorted[low];
                Key b = sorted[low + step];
                bool falling = (low & run) == 0;
                if (falling == (a < b)) {
                    sorted[low] = b;
                    sorted[low + step] = a;
                }
            }
        }
    }
    __syncthreads();
    for (int i = threadIdx.x; i < count; i += THREADS) {
        Key key = sorted[i];
        int index = (int)(0xffffffffu - (unsigned)key);
        int a = index / classes;
        float4 box = decode_box(loc[blockIdx.x * anchor_count + a], anchors[a]);
        bool finite = fabsf(box.x) + fabsf(box.y) + fabsf(box.z) + fabsf(box.w) < 3e38f;
        box.x = fminf(fmaxf(box.x, 0.0f), 1.0f);
        box.y = fminf(fmaxf(box.y, 0.0f), 1.0f);
        box.z = fminf(fmaxf(box.z, 0.0f), 1.0f);
        box.w = fminf(fmaxf(box.w, 0.0f), 1.0f);
        boxes[first + i] = box;
        scores[first + i] = logistic(candidate_logit(key));
        labels[first + i] = finite && box.z > box.x && box.w > box.y ? index - a * classes : -1;
    }
}

// Selects the best candidate, discards those of its class (or of any class) that overlap it by more than the threshold,
// and repeats.
extern "C" __global__ void __launch_bounds__(SUPPRESS_THREADS)
    detection_suppress(const float4* __restrict__ boxes, const float* __restrict__ scores,
                       const int* __restrict__ labels, const int* __restrict__ counts, float4* __restrict__ kept_boxes,
                       float* __restrict__ kept_scores, int* __restrict__ kept_labels, int* __restrict__ kept_counts,
                       float threshold, int any_class, int limit) {
    __shared__ float4 box[LIMIT];
    __shared__ int label[LIMIT];
    int count = counts[blockIdx.x];
    int first = blockIdx.x * LIMIT;
    int output = blockIdx.x * limit;
#pragma unroll 1
    for (int i = threadIdx.x; i < count; i += SUPPRESS_THREADS) {
        box[i] = boxes[first + i];
        label[i] = labels[first + i];
    }
    __syncthreads();
    int kept = 0;
    for (int i = 0; i < count && kept < limit; i++) {
        int mine = label[i];
        if (mine < 0) {
            continue;
        }
        float4 best = box[i];
        if (threadIdx.x == 0) {
            kept_boxes[output + kept] = best;
            kept_scores[output + kept] = scores[first + i];
            kept_labels[output + kept] = mine;
        }
        kept++;
#pragma unroll 1
        for (int j = i + 1 + threadIdx.x; j < count; j += SUPPRESS_THREADS) {
            int other = label[j];
            if (other >= 0 && (any_class != 0 || other == mine) && iou(best, box[j]) > threshold) {
                label[j] = -1;
            }
        }
        __syncthreads();
    }
#pragma unroll 1
    for (int k = kept + threadIdx.x; k < limit; k += SUPPRESS_THREADS) {
        kept_boxes[output + k] = make_float4(0.0f, 0.0f, 0.0f, 0.0f);
        kept_scores[output + k] = 0.0f;
        kept_labels[output + k] = -1;
    }
    if (threadIdx.x == 0) {
        kept_counts[blockIdx.x] = kept;
    }
}

// One thread for each (image, anchor): the decoded box of a prediction, not clipped.
extern "C" __global__ void __launch_bounds__(256)
    box_decode(const float4* __restrict__ loc, const float4* __restrict__ anchors, float4* __restrict__ boxes,
               int anchor_count, int total) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < total) {
        boxes[i] = decode_box(loc[i], anchors[i % anchor_count]);
    }
}
