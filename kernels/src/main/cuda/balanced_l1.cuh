// Balanced L1 on one offset.
#pragma once

// Balanced L1 (Pang et al. 2019, equation 9) with alpha 0.5, gamma 1.5, beta 0.11; b = exp(gamma / alpha) - 1.
#define BALANCED_ALPHA 0.5f
#define BALANCED_GAMMA 1.5f
#define BALANCED_BETA 0.11f
#define BALANCED_B 19.085536923187668f

__device__ __forceinline__ float balanced(float difference) {
    float d = fabsf(difference);
    if (d < BALANCED_BETA) {
        float bd = BALANCED_B * d;
        return BALANCED_ALPHA / BALANCED_B * (bd + 1.0f) * logf(bd / BALANCED_BETA + 1.0f) - BALANCED_ALPHA * d;
    }
    return BALANCED_GAMMA * d + (BALANCED_GAMMA / BALANCED_B - BALANCED_ALPHA * BALANCED_BETA);
}

// The exact derivative of balanced L1, which is not continuous at 0 and at beta.
__device__ __forceinline__ float balanced_slope(float difference) {
    float d = fabsf(difference);
    float slope = BALANCED_GAMMA;
    if (d < BALANCED_BETA) {
        float bd = BALANCED_B * d;
        slope = BALANCED_ALPHA * (logf(bd / BALANCED_BETA + 1.0f) + (1.0f - BALANCED_BETA) / (bd + BALANCED_BETA));
    }
    return difference > 0.0f ? slope : difference < 0.0f ? -slope : difference;
}
