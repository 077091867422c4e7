// A mock cuBLAS 12: the calls that Tandem uses, computed plainly on the host when the stream gets to them.
#include "mock.h"
#include "numbers.h"
#include <stdlib.h>

typedef struct {
    mock_stream* stream;
    int math;
} handle;

#define ENTER(unsafe)                              \
    {                                              \
        int failed = mock_enter(__func__, unsafe); \
        if (failed)                                \
            return failed;                         \
    }

int cublasCreate_v2(handle** out) {
    ENTER(1)
    *out = calloc(1, sizeof **out);
    mock_count("cuBLAS handle", 1);
    return 0;
}

int cublasDestroy_v2(handle* h) {
    mock_count("cuBLAS handle", -1);
    free(h);
    return 0;
}

int cublasSetStream_v2(handle* h, mock_stream* stream) {
    ENTER(0)
    h->stream = stream;
    return 0;
}

int cublasSetWorkspace_v2(handle* h, void* workspace, size_t bytes) {
    ENTER(0)
    return mock_is_device(workspace, bytes) ? 0 : 7;
}

int cublasSetMathMode(handle* h, int mode) {
    ENTER(0)
    h->math = mode;
    return 0;
}

int cublasGetMathMode(handle* h, int* mode) {
    ENTER(0)
    *mode = h->math;
    return 0;
}

typedef struct {
    int transpose_a, transpose_b, m, n, k, lda, ldb, ldc;
    float alpha, beta;
    const void *a, *b;
    void* c;
    char factors, product;
} work;

// Column-major, as BLAS has it.
static int run(const void* data) {
    const work* j = data;
    float* as = number_floats(j->factors, j->a, (size_t)j->lda * (j->transpose_a ? j->m : j->k));
    float* bs = number_floats(j->factors, j->b, (size_t)j->ldb * (j->transpose_b ? j->k : j->n));
    for (int column = 0; column < j->n; column++)
        for (int row = 0; row < j->m; row++) {
            double sum = 0;
            for (int i = 0; i < j->k; i++) {
                double a = as[j->transpose_a ? (size_t)row * j->lda + i : (size_t)i * j->lda + row];
                double b = bs[j->transpose_b ? (size_t)i * j->ldb + column : (size_t)column * j->ldb + i];
                sum += a * b;
            }
            size_t at = (size_t)column * j->ldc + row;
            number_write(j->product, j->c, at,
                         j->alpha * sum + (j->beta ? j->beta * number_read(j->product, j->c, at) : 0));
        }
    free(as);
    free(bs);
    return 0;
}

static int submit(const handle* h, work j) {
    size_t factor = number_bytes(j.factors), product = number_bytes(j.product);
    if (!mock_is_device(j.a, factor * j.m * j.k) || !mock_is_device(j.b, factor * j.k * j.n) ||
        !mock_is_device(j.c, product * j.m * j.n) || j.lda != (j.transpose_a ? j.k : j.m) ||
        j.ldb != (j.transpose_b ? j.n : j.k) || j.ldc < j.m) {
        return 7;
    }
    return mock_enqueue(h->stream, "product", run, &j, sizeof j) ? 13 : 0;
}

int cublasSgemm_v2(handle* h, int transpose_a, int transpose_b, int m, int n, int k, const float* alpha, const float* a,
                   int lda, const float* b, int ldb, const float* beta, float* c, int ldc) {
    ENTER(0)
    return submit(h,
                  (work){transpose_a != 0, transpose_b != 0, m, n, k, lda, ldb, ldc, *alpha, *beta, a, b, c, 'f', 'f'});
}

// Factors of 16 bits, a product of the same type or of floats, sums in float.
int cublasGemmEx(handle* h, int transpose_a, int transpose_b, int m, int n, int k, const void* alpha, const void* a,
                 int a_type, int lda, const void* b, int b_type, int ldb, const void* beta, void* c, int c_type,
                 int ldc, int compute, int algorithm) {
    ENTER(0)
    char factors = a_type == 2 ? 'h' : a_type == 14 ? 'b' : '?';
    char product = c_type == 0 ? 'f' : factors;
    if (factors == '?' || b_type != a_type || c_type != 0 && c_type != a_type || compute != 68 || algorithm != -1) {
        return 15;
    }
    return submit(h, (work){transpose_a != 0, transpose_b != 0, m, n, k, lda, ldb, ldc, *(const float*)alpha,
                            *(const float*)beta, a, b, c, factors, product});
}
