// A mock cuBLAS 12: the calls that Tandem uses, computed plainly on the host when the stream gets to them.
#include "mock.h"
#include <stdlib.h>

typedef struct {
    mock_stream* stream;
} handle;

#define ENTER(unsafe)                              \
    {                                              \
        int failed = mock_enter(__func__, unsafe); \
        if (failed) return failed;                 \
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
    return 0;
}

typedef struct {
    int transpose_a, transpose_b, m, n, k, lda, ldb, ldc;
    float alpha, beta;
    const float *a, *b;
    float* c;
} work;

// Column-major, as BLAS has it.
static int run(const void* data) {
    const work* j = data;
    for (int column = 0; column < j->n; column++)
        for (int row = 0; row < j->m; row++) {
            double sum = 0;
            for (int i = 0; i < j->k; i++) {
                double a = j->transpose_a ? j->a[(size_t)row * j->lda + i] : j->a[(size_t)i * j->lda + row];
                double b = j->transpose_b ? j->b[(size_t)i * j->ldb + column] : j->b[(size_t)column * j->ldb + i];
                sum += a * b;
            }
            float* c = &j->c[(size_t)column * j->ldc + row];
            *c = (float)(j->alpha * sum + (j->beta ? j->beta * *c : 0));
        }
    return 0;
}

int cublasSgemm_v2(handle* h, int transpose_a, int transpose_b, int m, int n, int k, const float* alpha, const float* a, int lda,
                   const float* b, int ldb, const float* beta, float* c, int ldc) {
    ENTER(0)
    if (!mock_is_device(a, 4 * (size_t)m * k) || !mock_is_device(b, 4 * (size_t)k * n) || !mock_is_device(c, 4 * (size_t)m * n)
        || lda < (transpose_a ? k : m) || ldb < (transpose_b ? n : k) || ldc < m) {
        return 7;
    }
    work j = {transpose_a != 0, transpose_b != 0, m, n, k, lda, ldb, ldc, *alpha, *beta, a, b, c};
    return mock_enqueue(h->stream, "product", run, &j, sizeof j) ? 13 : 0;
}
