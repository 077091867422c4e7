// The kernels of bench/kernel-speed; kernel_speed.c has the same algorithms in C.

extern "C" __global__ void saxpy(int n, float a, const float* __restrict__ x, float* __restrict__ y) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = a * x[i] + y[i];
    }
}

// Sums of a block of 256 threads each, halved in shared memory.
extern "C" __global__ void reduce(const float* __restrict__ x, float* __restrict__ sums, int n) {
    __shared__ float part[256];
    int t = threadIdx.x;
    float sum = 0;
    for (int i = blockIdx.x * 256 + t; i < n; i += gridDim.x * 256) {
        sum += x[i];
    }
    part[t] = sum;
    __syncthreads();
    for (int half = 128; half > 0; half /= 2) {
        if (t < half) {
            part[t] += part[t + half];
        }
        __syncthreads();
    }
    if (t == 0) {
        sums[blockIdx.x] = part[0];
    }
}

// C = A B for square matrices, in tiles of 16 x 16.
extern "C" __global__ void matmul(const float* __restrict__ a, const float* __restrict__ b, float* __restrict__ c,
                                  int n) {
    __shared__ float tile_a[16][16], tile_b[16][16];
    int x = threadIdx.x, y = threadIdx.y;
    int row = blockIdx.y * 16 + y, column = blockIdx.x * 16 + x;
    float sum = 0;
    for (int k = 0; k < n; k += 16) {
        tile_a[y][x] = a[row * n + k + x];
        tile_b[y][x] = b[(k + y) * n + column];
        __syncthreads();
        for (int i = 0; i < 16; i++) {
            sum += tile_a[y][i] * tile_b[i][x];
        }
        __syncthreads();
    }
    c[row * n + column] = sum;
}

// A warp for each row.
extern "C" __global__ void softmax(const float* __restrict__ x, float* __restrict__ y, int rows, int columns) {
    int row = blockIdx.x * (blockDim.x / 32) + threadIdx.x / 32, lane = threadIdx.x % 32;
    if (row >= rows) {
        return;
    }
    x += (long)row * columns;
    y += (long)row * columns;
    float max = -INFINITY;
    for (int i = lane; i < columns; i += 32) {
        max = fmaxf(max, x[i]);
    }
    for (int distance = 16; distance > 0; distance /= 2) {
        max = fmaxf(max, __shfl_xor_sync(0xffffffff, max, distance));
    }
    float sum = 0;
    for (int i = lane; i < columns; i += 32) {
        sum += expf(x[i] - max);
    }
    for (int distance = 16; distance > 0; distance /= 2) {
        sum += __shfl_xor_sync(0xffffffff, sum, distance);
    }
    float scale = 1 / sum;
    for (int i = lane; i < columns; i += 32) {
        y[i] = expf(x[i] - max) * scale;
    }
}

// A thread for each row.
extern "C" __global__ void layer_norm(const float* __restrict__ x, float* __restrict__ y, int rows, int columns) {
    int row = blockIdx.x * blockDim.x + threadIdx.x;
    if (row >= rows) {
        return;
    }
    x += (long)row * columns;
    y += (long)row * columns;
    float mean = 0;
    for (int i = 0; i < columns; i++) {
        mean += x[i];
    }
    mean /= columns;
    float variance = 0;
    for (int i = 0; i < columns; i++) {
        float deviation = x[i] - mean;
        variance += deviation * deviation;
    }
    float scale = rsqrtf(variance / columns + 1e-5f);
    for (int i = 0; i < columns; i++) {
        y[i] = (x[i] - mean) * scale;
    }
}
