// Class and softmax of one pixel or anchor, from any reader of its logits: reader[c] is logit c.
#pragma once

// Reads a row of logits without change.
struct Row {
    const float* logits;

    __device__ __forceinline__ float operator[](unsigned c) const {
        return logits[c];
    }
};

// exp(x) for x <= 0. The relative error of __expf grows with |x|, but the value falls faster: the error is below 1.2e-7
// in all. On a CPU expf takes twice as long.
static __device__ __forceinline__ float exponential(float x) {
    return __expf(x);
}

// The class with the maximum logit, the lowest of equals, and that logit.
struct Best {
    float logit;
    unsigned index;
};

template <typename Reader>
static __device__ __forceinline__ Best best_class(const Reader& logits, unsigned classes) {
    Best best = {logits[0], 0};
#pragma unroll 1
    for (unsigned c = 1; c < classes; c++) {
        float value = logits[c];
        if (value > best.logit) {
            best.logit = value;
            best.index = c;
        }
    }
    return best;
}

// The sum of exp(logit - maximum) over the classes.
template <typename Reader>
static __device__ __forceinline__ float sum_of_exponentials(const Reader& logits, unsigned classes, float maximum) {
    float sum = 0.0f;
#pragma unroll 1
    for (unsigned c = 0; c < classes; c++) {
        sum += exponential(logits[c] - maximum);
    }
    return sum;
}
