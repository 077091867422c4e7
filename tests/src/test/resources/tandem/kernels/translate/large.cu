// A kernel with loops, branches, a barrier and enough code to be cut into several methods. Made into large.ptx by:
// nvcc -ptx -arch=compute_80 -O3 -o large.ptx large.cu, .version then lowered to 7.8

/** out[t] = a chain of rounds of integer mixing that differ by branch. Blocks of 64. */
extern "C" __global__ void mix(const unsigned* __restrict__ in, unsigned* __restrict__ out) {
    __shared__ unsigned tile[64];
    unsigned t = threadIdx.x;
    unsigned v = in[t];
#pragma unroll
    for (unsigned round = 0; round < 24; round++) {
        v = v * (2654435761u + 2 * round) + round;
        if (v & 1) {
            v ^= v >> (7 + round % 5);
        } else {
            for (unsigned k = 0; k < (v >> 29); k++) {
                v += 0x9e3779b9u ^ k;
            }
        }
        if (v % 31 == 7) {
            v = ~v;
        }
    }
    tile[t] = v;
    __syncthreads();
    v ^= tile[63 - t];
#pragma unroll
    for (unsigned round = 0; round < 40; round++) {
        v = (v ^ (v >> 15)) * (0x85ebca6bu + 2 * round);
    }
    out[t] = v;
}
