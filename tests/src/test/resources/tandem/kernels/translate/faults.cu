// Kernels with planted errors. Made into faults.ptx by:
// nvcc -ptx -arch=compute_80 -O3 -o faults.ptx faults.cu, .version then lowered to 7.8

/** Reads one element too many. */
extern "C" __global__ void reads_behind(const float* __restrict__ x, float* __restrict__ y, int n) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = x[i + 1] - x[i];
    }
}

/** Has no bound. */
extern "C" __global__ void writes_behind(float* __restrict__ y) {
    y[blockIdx.x * blockDim.x + threadIdx.x] = 1.0f;
}

/** Reads float4 from an address that is only a multiple of 4. */
extern "C" __global__ void misaligned(const float* __restrict__ x, float4* __restrict__ y, int shift) {
    y[threadIdx.x] = *(const float4*)(x + shift + 4 * threadIdx.x);
}

/** Thread 5 forgets to fill its element. */
extern "C" __global__ void unwritten_shared(const float* __restrict__ x, float* __restrict__ y) {
    __shared__ float tile[64];
    if (threadIdx.x != 5) {
        tile[threadIdx.x] = x[threadIdx.x];
    }
    __syncthreads();
    y[threadIdx.x] = tile[63 - threadIdx.x];
}

/** Reverses without a barrier; the one there is comes too early. */
extern "C" __global__ void missing_barrier(const float* __restrict__ x, float* __restrict__ y) {
    __shared__ float tile[64];
    tile[threadIdx.x] = 0.0f;
    __syncthreads();
    tile[threadIdx.x] = x[threadIdx.x];
    y[threadIdx.x] = tile[63 - threadIdx.x];
}

/** All threads write their number to one place. */
extern "C" __global__ void one_place(int* __restrict__ y) {
    __shared__ int place;
    place = threadIdx.x;
    __syncthreads();
    y[threadIdx.x] = place;
}

/** Two blocks write the same elements. */
extern "C" __global__ void blocks_collide(int* __restrict__ y) {
    y[threadIdx.x] = blockIdx.x;
}

/** Half the block waits for the other half. */
extern "C" __global__ void half_waits(int* __restrict__ y) {
    if (threadIdx.x < 32) {
        asm volatile("bar.sync 1, 64;");
    } else {
        asm volatile("bar.sync 2, 64;");
    }
    y[threadIdx.x] = 1;
}

/** Leaves shared memory at its end. */
extern "C" __global__ void beyond_shared(int* __restrict__ y, int shift) {
    __shared__ int tile[32];
    tile[threadIdx.x] = threadIdx.x;
    __syncthreads();
    y[threadIdx.x] = tile[threadIdx.x + shift];
}
