// The kernels of kernel_speed.cu in C, timed by bench/kernel-speed: prints for each the minimum CPU time of a thread in
// seconds.
//   kernel_speed REPETITIONS [RESULTS]     RESULTS: a file that takes the output of each kernel's first execution
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
    COUNT = 1 << 22,
    BLOCKS = 64,
    SIZE = 384,
    ROWS = 4096,
    COLUMNS = 1024
};

static double cpu_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return now.tv_sec + 1e-9 * now.tv_nsec;
}

__attribute__((noinline)) static void saxpy(int n, float a, const float* restrict x, float* restrict y) {
    for (int i = 0; i < n; i++) {
        y[i] = a * x[i] + y[i];
    }
}

// The same order of sums as the kernel: 256 partial sums for each block.
__attribute__((noinline)) static void reduce(const float* restrict x, float* restrict sums, int n, int blocks) {
    for (int block = 0; block < blocks; block++) {
        float part[256] = {0};
        for (int i = block * 256; i < n; i += blocks * 256) {
            for (int t = 0; t < 256; t++) {
                part[t] += x[i + t];
            }
        }
        for (int half = 128; half > 0; half /= 2) {
            for (int t = 0; t < half; t++) {
                part[t] += part[t + half];
            }
        }
        sums[block] = part[0];
    }
}

__attribute__((noinline)) static void matmul(const float* restrict a, const float* restrict b, float* restrict c,
                                             int n) {
    for (int row = 0; row < n; row += 16) {
        for (int column = 0; column < n; column += 16) {
            float sums[16][16] = {{0}};
            for (int k = 0; k < n; k += 16) {
                float tile_a[16][16], tile_b[16][16];
                for (int y = 0; y < 16; y++) {
                    for (int x = 0; x < 16; x++) {
                        tile_a[y][x] = a[(row + y) * n + k + x];
                        tile_b[y][x] = b[(k + y) * n + column + x];
                    }
                }
                for (int y = 0; y < 16; y++) {
                    for (int i = 0; i < 16; i++) {
                        for (int x = 0; x < 16; x++) {
                            sums[y][x] += tile_a[y][i] * tile_b[i][x];
                        }
                    }
                }
            }
            for (int y = 0; y < 16; y++) {
                memcpy(c + (row + y) * n + column, sums[y], sizeof sums[y]);
            }
        }
    }
}

__attribute__((noinline)) static void softmax(const float* restrict x, float* restrict y, int rows, int columns) {
    for (int row = 0; row < rows; row++, x += columns, y += columns) {
        float max = -INFINITY, sum = 0;
        for (int i = 0; i < columns; i++) {
            max = x[i] > max ? x[i] : max;
        }
        for (int i = 0; i < columns; i++) {
            sum += expf(x[i] - max);
        }
        float scale = 1 / sum;
        for (int i = 0; i < columns; i++) {
            y[i] = expf(x[i] - max) * scale;
        }
    }
}

__attribute__((noinline)) static void layer_norm(const float* restrict x, float* restrict y, int rows, int columns) {
    for (int row = 0; row < rows; row++, x += columns, y += columns) {
        float mean = 0, variance = 0;
        for (int i = 0; i < columns; i++) {
            mean += x[i];
        }
        mean /= columns;
        for (int i = 0; i < columns; i++) {
            float deviation = x[i] - mean;
            variance += deviation * deviation;
        }
        float scale = 1 / sqrtf(variance / columns + 1e-5f);
        for (int i = 0; i < columns; i++) {
            y[i] = (x[i] - mean) * scale;
        }
    }
}

static void fill(float* x, int factor) {
    for (long i = 0; i < COUNT; i++) {
        x[i] = (int)(i * factor % 1000) / 1000.f - .5f;
    }
}

static void execute(int kernel, const float* x, float* y, float* out) {
    switch (kernel) {
        case 0:
            saxpy(COUNT, 1.0001f, x, y);
            break;
        case 1:
            reduce(x, out, COUNT, BLOCKS);
            break;
        case 2:
            matmul(x, y, out, SIZE);
            break;
        case 3:
            softmax(x, out, ROWS, COLUMNS);
            break;
        default:
            layer_norm(x, out, ROWS, COLUMNS);
            break;
    }
}

int main(int count, char** arguments) {
    static const char* const names[] = {"saxpy", "reduce", "matmul", "softmax", "layer_norm"};
    static const long results[] = {COUNT, BLOCKS, SIZE * SIZE, ROWS * COLUMNS, ROWS * COLUMNS};
    int repetitions = count > 1 ? atoi(arguments[1]) : 1;
    FILE* file = count > 2 ? fopen(arguments[2], "wb") : NULL;
    float *x = aligned_alloc(64, 4L * COUNT), *y = aligned_alloc(64, 4L * COUNT), *out = aligned_alloc(64, 4L * COUNT);
    for (int kernel = 0; kernel < 5; kernel++) {
        fill(x, 7919);
        fill(y, 104729);
        memset(out, 0, 4L * COUNT);
        double best = INFINITY;
        for (int i = 0; i < repetitions; i++) {
            double start = cpu_seconds();
            execute(kernel, x, y, out);
            best = fmin(best, cpu_seconds() - start);
            if (i == 0 && file) {
                fwrite(kernel == 0 ? y : out, 4, results[kernel], file);
            }
        }
        printf("%s %.9f\n", names[kernel], best);
    }
    return file && fclose(file) != 0;
}
