// Kernels that make threads wait for each other. Made into barriers.ptx by:
// nvcc -ptx -arch=compute_80 -O3 -o barriers.ptx barriers.cu, .version then lowered to 7.8

/** partial[b] = sum of the 256 elements of block b, through shared memory. Blocks of 256. */
extern "C" __global__ void block_sum(const float* __restrict__ x, float* __restrict__ partial, int n) {
    __shared__ float tile[256];
    int i = blockIdx.x * 256 + threadIdx.x;
    tile[threadIdx.x] = i < n ? x[i] : 0.0f;
    __syncthreads();
    for (int half = 128; half > 0; half >>= 1) {
        if (threadIdx.x < half) {
            tile[threadIdx.x] += tile[threadIdx.x + half];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = tile[0];
    }
}

/** The same through shuffles. Blocks of a multiple of 32. */
extern "C" __global__ void warp_sum(const float* __restrict__ x, float* __restrict__ partial, int n) {
    __shared__ float sums[32];
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    float v = i < n ? x[i] : 0.0f;
    for (int offset = 16; offset > 0; offset >>= 1) {
        v += __shfl_down_sync(0xffffffffu, v, offset);
    }
    if ((threadIdx.x & 31) == 0) {
        sums[threadIdx.x >> 5] = v;
    }
    __syncthreads();
    if (threadIdx.x < 32) {
        v = threadIdx.x < blockDim.x / 32 ? sums[threadIdx.x] : 0.0f;
        for (int offset = 16; offset > 0; offset >>= 1) {
            v += __shfl_xor_sync(0xffffffffu, v, offset);
        }
        if (threadIdx.x == 0) {
            partial[blockIdx.x] = v;
        }
    }
}

/** Sorts each block's 512 values ascending. Blocks of 256. */
extern "C" __global__ void bitonic_sort(int* values) {
    __shared__ int tile[512];
    int* mine = values + blockIdx.x * 512;
    tile[threadIdx.x] = mine[threadIdx.x];
    tile[threadIdx.x + 256] = mine[threadIdx.x + 256];
    for (int size = 2; size <= 512; size <<= 1) {
        for (int stride = size >> 1; stride > 0; stride >>= 1) {
            __syncthreads();
            int low = 2 * threadIdx.x - (threadIdx.x & (stride - 1));
            bool up = (low & size) == 0;
            int a = tile[low];
            int b = tile[low + stride];
            if ((a > b) == up) {
                tile[low] = b;
                tile[low + stride] = a;
            }
        }
    }
    __syncthreads();
    mine[threadIdx.x] = tile[threadIdx.x];
    mine[threadIdx.x + 256] = tile[threadIdx.x + 256];
}

/** Thread t leaves after lives[t] rounds; out[t] = sum over its rounds of the number of threads that were still there.
 */
extern "C" __global__ void early_exit(const int* __restrict__ lives, int* __restrict__ out) {
    int total = 0;
    for (int round = 0; round < lives[threadIdx.x]; round++) {
        total += __syncthreads_count(1);
    }
    out[threadIdx.x] = total;
}

/** Odd and even lanes vote apart, and compare what they see: out = ballot | any << 16 (of their half of the mask). */
extern "C" __global__ void divergent_votes(const int* __restrict__ x, unsigned* __restrict__ out) {
    int t = threadIdx.x;
    unsigned result;
    if (t & 1) {
        result = __ballot_sync(0xaaaaaaaau, x[t] > 3);
        result += __shfl_sync(0xaaaaaaaau, x[t], 1, 32);
    } else {
        result = __ballot_sync(0x55555555u, x[t] > 5);
        result ^= __any_sync(0x55555555u, x[t] == 7) ? 0x80000000u : 0u;
    }
    __syncwarp();
    result += __reduce_add_sync(0xffffffffu, x[t]);
    out[t] = result;
}

/** The last block to arrive adds up what the blocks left: the pattern of a reduction in one launch. */
extern "C" __global__ void last_block(const float* __restrict__ x, float* partial, unsigned* counter, float* result,
                                      int n) {
    __shared__ float tile[128];
    __shared__ bool last;
    int i = blockIdx.x * 128 + threadIdx.x;
    tile[threadIdx.x] = i < n ? x[i] : 0.0f;
    __syncthreads();
    for (int half = 64; half > 0; half >>= 1) {
        if (threadIdx.x < half) {
            tile[threadIdx.x] += tile[threadIdx.x + half];
        }
        __syncthreads();
    }
    if (threadIdx.x == 0) {
        partial[blockIdx.x] = tile[0];
        __threadfence();
        last = atomicInc(counter, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    if (last && threadIdx.x == 0) {
        float sum = 0.0f;
        for (int b = 0; b < gridDim.x; b++) {
            sum += ((volatile float*)partial)[b];
        }
        *result = sum;
    }
}

/** out[t] = sum of in over the rows below and including t's, by y and z too: indices of three axes. Blocks of (4, 3,
 * 2). */
extern "C" __global__ void three_axes(int* out) {
    __shared__ int tile[24];
    int t = threadIdx.x + 4 * (threadIdx.y + 3 * threadIdx.z);
    tile[t] = 100 * threadIdx.z + 10 * threadIdx.y + threadIdx.x;
    __syncthreads();
    int block = blockIdx.x + gridDim.x * (blockIdx.y + gridDim.y * blockIdx.z);
    out[24 * block + t] = tile[23 - t] + 1000 * block;
}
