// The running statistics of batch normalization.

// running += momentum (batch - running); the batch variance is made unbiased by n / (n - 1) first
extern "C" __global__ void __launch_bounds__(256)
    batch_norm_running(const float* __restrict__ mean, const float* __restrict__ variance,
                       float* __restrict__ running_mean, float* __restrict__ running_variance, float momentum,
                       float unbias, int channels) {
    int c = blockIdx.x * blockDim.x + threadIdx.x;
    if (c >= channels) {
        return;
    }
    running_mean[c] = (1.0f - momentum) * running_mean[c] + momentum * mean[c];
    running_variance[c] = (1.0f - momentum) * running_variance[c] + momentum * (unbias * variance[c]);
}
