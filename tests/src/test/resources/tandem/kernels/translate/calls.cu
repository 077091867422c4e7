// A kernel that calls functions which are not inlined. Made into calls.ptx by:
// nvcc -ptx -arch=compute_80 -O3 -o calls.ptx calls.cu, .version then lowered to 7.8

__device__ __noinline__ int gcd(int a, int b) {
    while (b != 0) {
        int rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

__device__ __noinline__ int lcm(int a, int b) {
    if (a == 0 || b == 0) {
        return 0;
    }
    return a / gcd(a, b) * b;
}

/** out[t] = lcm(x[t], t) + gcd(x[t], 12). */
extern "C" __global__ void multiples(const int* x, int* out) {
    int t = threadIdx.x;
    int result = gcd(x[t], 12);
    if (x[t] > 3) {
        result += lcm(x[t], t);
    }
    out[t] = result;
}

/** out[t] = sin(x[t]), large arguments through the compiler's slow path. */
extern "C" __global__ void sine(const double* x, double* out) {
    out[threadIdx.x] = sin(x[threadIdx.x]);
}
