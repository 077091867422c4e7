// A mock cuDNN 9: the calls that Tandem uses, computed plainly on the host when the stream gets to them. Images are
// NHWC and filters KRSC, of floats, bfloat16 or float16 with sums in float; anything else is not supported. Status
// numbers are those of cuDNN 9.
#include "cudnn_reference.h"
#include "mock.h"
#include "numbers.h"
#include <stdlib.h>
#include <string.h>

typedef struct {
    int mode, nans;
    double coefficient;
} activation;

typedef struct {
    int algo, status;
    float time;
    size_t memory;
    int determinism, math;
    int reserved[3];
} performance;

size_t cudnnGetVersion(void) {
    return mock_cudnn_version();
}

const char* cudnnGetErrorString(int status) {
    switch (status) {
        case 0:
            return "CUDNN_STATUS_SUCCESS";
        case 1001:
            return "CUDNN_STATUS_NOT_INITIALIZED";
        case 1002:
            return "CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH";
        case BAD_PARAM:
            return "CUDNN_STATUS_BAD_PARAM";
        case NOT_SUPPORTED:
            return "CUDNN_STATUS_NOT_SUPPORTED";
        case 4000:
            return "CUDNN_STATUS_INTERNAL_ERROR";
        case EXECUTION_FAILED:
            return "CUDNN_STATUS_EXECUTION_FAILED";
        default:
            return "CUDNN_STATUS_UNKNOWN";
    }
}

int cudnnCreate(handle** out) {
    ENTER(1)
    *out = calloc(1, sizeof **out);
    mock_count("cuDNN handle", 1);
    return 0;
}

int cudnnDestroy(handle* h) {
    mock_count("cuDNN handle", -1);
    free(h);
    return 0;
}

int cudnnSetStream(handle* h, mock_stream* stream) {
    ENTER(0)
    h->stream = stream;
    return 0;
}

#define DESCRIPTOR(NAME, TYPE, WORDS)          \
    int cudnnCreate##NAME(TYPE** out) {        \
        ENTER(0)                               \
        *out = calloc(1, sizeof **out);        \
        mock_count("cuDNN " WORDS, 1);         \
        return 0;                              \
    }                                          \
    int cudnnDestroy##NAME(TYPE* descriptor) { \
        mock_count("cuDNN " WORDS, -1);        \
        free(descriptor);                      \
        return 0;                              \
    }

DESCRIPTOR(TensorDescriptor, tensor, "tensor descriptor")
DESCRIPTOR(FilterDescriptor, filter, "filter descriptor")
DESCRIPTOR(ConvolutionDescriptor, convolution, "convolution descriptor")
DESCRIPTOR(ActivationDescriptor, activation, "activation descriptor")

char type_of(int number) {
    return number == 0 ? 'f' : number == 2 ? 'h' : number == 9 ? 'b' : '?';
}

int cudnnSetTensor4dDescriptor(tensor* t, int format, int type, int n, int c, int h, int w) {
    ENTER(0)
    *t = (tensor){n, c, h, w, type_of(type)};
    return format == 1 && t->type != '?' ? 0 : NOT_SUPPORTED;
}

int cudnnSetFilter4dDescriptor(filter* f, int type, int format, int k, int c, int r, int s) {
    ENTER(0)
    *f = (filter){k, c, r, s, type_of(type)};
    return format == 1 && f->type != '?' ? 0 : NOT_SUPPORTED;
}

int cudnnSetConvolution2dDescriptor(convolution* d, int ph, int pw, int sh, int sw, int dh, int dw, int mode,
                                    int type) {
    ENTER(0)
    *d = (convolution){ph, pw, sh, sw, dh, dw, mode, type, 0};
    return mode == 1 && type == 0 && dh == 1 && dw == 1 ? 0 : NOT_SUPPORTED;
}

int cudnnSetConvolutionMathType(convolution* d, int math) {
    ENTER(0)
    d->math = math;
    return 0;
}

int cudnnSetActivationDescriptor(activation* a, int mode, int nans, double coefficient) {
    ENTER(0)
    *a = (activation){mode, nans, coefficient};
    return 0;
}

// Each kind of convolution has the same four algorithms: 2 requires more workspace than any device has, 0 is the
// fastest but not deterministic, 1 is deterministic and wants scratch memory, 3 is deterministic, slow and wants none.
typedef struct {
    int algo;
    float time;
    size_t memory;
    int determinism;
} algorithm;

static const algorithm algorithms[] = {
    {2, 0.1f, (size_t)1 << 40, 1}, {0, 0.2f, 0, 0}, {1, 0.3f, 4096, 1}, {3, 0.9f, 0, 1}};

static const algorithm* find_algorithm(int algo) {
    for (int i = 0; i < 4; i++) {
        if (algorithms[i].algo == algo) {
            return algorithms + i;
        }
    }
    return NULL;
}

// The measurement reports half of the workspace that a call requires and that cudnnGetConvolution...WorkspaceSize
// states, as cuDNN 9.19 sometimes does: it may measure another engine than the call selects.
static int measure(int wanted, int* returned, performance* results, const void* workspace, size_t bytes) {
    if (bytes && !mock_is_device(workspace, bytes)) {
        return BAD_PARAM;
    }
    *returned = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t i = 0; i < 4 && *returned < wanted; i++) {
            int fits = algorithms[i].memory <= bytes && !mock_without_legacy();
            if (fits == !pass) {
                performance p = {algorithms[i].algo,
                                 fits ? 0 : NOT_SUPPORTED,
                                 fits ? algorithms[i].time : -1,
                                 algorithms[i].memory / 2,
                                 algorithms[i].determinism,
                                 0,  // the default math, also where the descriptor asks for FMA, as cuDNN 9.19 does
                                 {0}};
                results[(*returned)++] = p;
            }
        }
    }
    return 0;
}

static double dot(const float* a, const float* b, int count) {
    double sum = 0;
    for (int i = 0; i < count; i++) {
        sum += (double)a[i] * b[i];
    }
    return sum;
}

static void add(double* restrict sum, double factor, const float* restrict values, int count) {
    for (int i = 0; i < count; i++) {
        sum[i] += factor * values[i];
    }
}

// Rounds factors to the 10 stored bits of TF32, as every math type but FMA allows.
static void tf32(float* values, size_t count) {
    for (size_t i = 0; i < count; i++) {
        unsigned bits;
        memcpy(&bits, values + i, 4);
        bits = (bits + 0x1000) & 0xffffe000;
        memcpy(values + i, &bits, 4);
    }
}

double* convolution_sums(const work* j, size_t* count) {
    int kind = j->kind;
    size_t outputs = kind == 0   ? (size_t)j->y.n * j->y.h * j->y.w * j->y.c
                     : kind == 1 ? (size_t)j->x.n * j->x.h * j->x.w * j->x.c
                                 : (size_t)j->f.k * j->f.r * j->f.s * j->f.c;
    size_t xs = (size_t)j->x.n * j->x.h * j->x.w * j->x.c, ys = (size_t)j->y.n * j->y.h * j->y.w * j->y.c;
    size_t fs = (size_t)j->f.k * j->f.r * j->f.s * j->f.c;
    char type = j->x.type;
    float* a = number_floats(type, j->a, kind == 1 ? ys : xs);
    float* b = number_floats(type, j->b, kind == 2 ? ys : fs);
    if (type == 'f' && j->d.math != FMA) {
        tf32(a, kind == 1 ? ys : xs);
        tf32(b, kind == 2 ? ys : fs);
    }
    double* sum = calloc(outputs, sizeof *sum);
    for (int n = 0; n < j->y.n; n++)
        for (int p = 0; p < j->y.h; p++)
            for (int q = 0; q < j->y.w; q++)
                for (int r = 0; r < j->f.r; r++)
                    for (int s = 0; s < j->f.s; s++) {
                        int row = p * j->d.stride_h + r - j->d.padding_h;
                        int column = q * j->d.stride_w + s - j->d.padding_w;
                        if (row < 0 || row >= j->x.h || column < 0 || column >= j->x.w)
                            continue;
                        size_t x = (((size_t)n * j->x.h + row) * j->x.w + column) * j->x.c;
                        size_t y = (((size_t)n * j->y.h + p) * j->y.w + q) * j->y.c;
                        for (int k = 0; k < j->f.k; k++) {
                            size_t f = (((size_t)k * j->f.r + r) * j->f.s + s) * j->f.c;
                            if (kind == 0) {
                                sum[y + k] += dot(a + x, b + f, j->f.c);
                            } else if (kind == 1) {
                                add(sum + x, a[y + k], b + f, j->f.c);
                            } else {
                                add(sum + f, b[y + k], a + x, j->f.c);
                            }
                        }
                    }
    free(a);
    free(b);
    *count = outputs;
    return sum;
}

static int run(const void* data) {
    const work* j = data;
    mock_takes(j->time);
    char type = j->x.type;
    size_t outputs;
    double* sum = convolution_sums(j, &outputs);
    // Scratch memory is written last, so that an output that overlaps it is spoilt.
    for (size_t i = 0; i < outputs; i++) {
        double value = j->alpha * sum[i] + (j->beta ? j->beta * number_read(type, j->out, i) : 0);
        if (j->z)
            value += j->alpha2 * number_read(type, j->z, i);
        if (j->bias)
            value += number_read(type, j->bias, i % j->y.c);
        number_write(type, j->out, i, j->relu && value < 0 ? 0 : value);
    }
    if (j->bytes)
        memset(j->workspace, 0xEE, j->bytes);
    free(sum);
    return 0;
}

static size_t tensor_bytes(tensor t) {
    return (size_t)t.n * t.c * t.h * t.w * number_bytes(t.type);
}

static size_t filter_bytes(filter f) {
    return (size_t)f.k * f.c * f.r * f.s * number_bytes(f.type);
}

static int invalid(const work* j, int algo) {
    if (mock_without_legacy()) {
        return NOT_SUPPORTED;
    }
    const tensor *x = &j->x, *y = &j->y;
    const convolution* d = &j->d;
    if (y->n != x->n || y->c != j->f.k || x->c != j->f.c ||
        y->h != (x->h + 2 * d->padding_h - j->f.r) / d->stride_h + 1 ||
        y->w != (x->w + 2 * d->padding_w - j->f.s) / d->stride_w + 1) {
        return BAD_PARAM;
    }
    if (x->type != y->type || x->type != j->f.type) {
        return NOT_SUPPORTED;
    }
    size_t sizes[] = {tensor_bytes(*x), tensor_bytes(*y), filter_bytes(j->f)};
    int kind = j->kind;
    if (!mock_is_device(j->a, sizes[kind == 1 ? 1 : 0]) || !mock_is_device(j->b, sizes[kind == 2 ? 1 : 2]) ||
        !mock_is_device(j->out, sizes[kind == 0   ? 1
                                      : kind == 1 ? 0
                                                  : 2]) ||
        (j->bias && !mock_is_device(j->bias, number_bytes(y->type) * y->c)) ||
        (j->z && !mock_is_device(j->z, sizes[1]))) {
        return BAD_PARAM;
    }
    const algorithm* called = find_algorithm(algo);
    if (!called) {
        return NOT_SUPPORTED;
    }
    return called->memory > j->bytes || (j->bytes && !mock_is_device(j->workspace, j->bytes)) ? BAD_PARAM : 0;
}

static int submit(const handle* h, const char* what, work* j, int algo) {
    int bad = invalid(j, algo);
    if (bad) {
        return bad;
    }
    j->time = find_algorithm(algo)->time;
    return mock_enqueue(h->stream, what, run, j, sizeof *j) ? EXECUTION_FAILED : 0;
}

int cudnnConvolutionForward(handle* h, const float* alpha, tensor* x, const void* xp, filter* f, const void* fp,
                            convolution* d, int algo, void* workspace, size_t bytes, const float* beta, tensor* y,
                            void* yp) {
    ENTER(0)
    work j = {.kind = 0,
              .x = *x,
              .y = *y,
              .f = *f,
              .d = *d,
              .alpha = *alpha,
              .beta = *beta,
              .a = xp,
              .b = fp,
              .out = yp,
              .workspace = workspace,
              .bytes = bytes};
    return submit(h, "convolution", &j, algo);
}

int cudnnConvolutionBiasActivationForward(handle* h, const float* alpha, tensor* x, const void* xp, filter* f,
                                          const void* fp, convolution* d, int algo, void* workspace, size_t bytes,
                                          const float* alpha2, tensor* z, const void* zp, tensor* bias, const void* bp,
                                          activation* a, tensor* y, void* yp) {
    ENTER(0)
    // Documented: identity goes with IMPLICIT_PRECOMP_GEMM only, other activations than ReLU not at all.
    if ((a->mode != 1 && a->mode != 5) || (a->mode == 5 && algo != 1) || !bp) {
        return NOT_SUPPORTED;
    }
    if (bias->type != y->type || bias->c != y->c || bias->n != 1 || bias->h != 1 || bias->w != 1 ||
        tensor_bytes(*z) != tensor_bytes(*y)) {
        return BAD_PARAM;
    }
    work j = {.kind = 0,
              .x = *x,
              .y = *y,
              .f = *f,
              .d = *d,
              .alpha = *alpha,
              .alpha2 = *alpha2,
              .a = xp,
              .b = fp,
              .bias = bp,
              .z = *alpha2 ? zp : NULL,
              .out = yp,
              .relu = a->mode == 1,
              .workspace = workspace,
              .bytes = bytes};
    return submit(h, "convolution", &j, algo);
}

int cudnnConvolutionBackwardData(handle* h, const float* alpha, filter* f, const void* fp, tensor* dy, const void* dyp,
                                 convolution* d, int algo, void* workspace, size_t bytes, const float* beta, tensor* dx,
                                 void* dxp) {
    ENTER(0)
    work j = {.kind = 1,
              .x = *dx,
              .y = *dy,
              .f = *f,
              .d = *d,
              .alpha = *alpha,
              .beta = *beta,
              .a = dyp,
              .b = fp,
              .out = dxp,
              .workspace = workspace,
              .bytes = bytes};
    return submit(h, "convolution", &j, algo);
}

int cudnnConvolutionBackwardFilter(handle* h, const float* alpha, tensor* x, const void* xp, tensor* dy,
                                   const void* dyp, convolution* d, int algo, void* workspace, size_t bytes,
                                   const float* beta, filter* f, void* fp) {
    ENTER(0)
    work j = {.kind = 2,
              .x = *x,
              .y = *dy,
              .f = *f,
              .d = *d,
              .alpha = *alpha,
              .beta = *beta,
              .a = xp,
              .b = dyp,
              .out = fp,
              .workspace = workspace,
              .bytes = bytes};
    return submit(h, "convolution", &j, algo);
}

#define WORKSPACE(KIND, A, B, C)                                                                        \
    int cudnnGetConvolution##KIND##WorkspaceSize(handle* h, A* a, B* b, convolution* d, C* c, int algo, \
                                                 size_t* bytes) {                                       \
        ENTER(0)                                                                                        \
        const algorithm* asked = find_algorithm(algo);                                                  \
        *bytes = asked ? asked->memory : 0;                                                             \
        return 0;                                                                                       \
    }

WORKSPACE(Forward, tensor, filter, tensor)
WORKSPACE(BackwardData, filter, tensor, tensor)
WORKSPACE(BackwardFilter, tensor, tensor, filter)

int cudnnFindConvolutionForwardAlgorithmEx(handle* h, tensor* x, const void* xp, filter* f, const void* fp,
                                           convolution* d, tensor* y, void* yp, int wanted, int* returned,
                                           performance* results, void* workspace, size_t bytes) {
    ENTER(1)
    return measure(wanted, returned, results, workspace, bytes);
}

int cudnnFindConvolutionBackwardDataAlgorithmEx(handle* h, filter* f, const void* fp, tensor* dy, const void* dyp,
                                                convolution* d, tensor* dx, void* dxp, int wanted, int* returned,
                                                performance* results, void* workspace, size_t bytes) {
    ENTER(1)
    return measure(wanted, returned, results, workspace, bytes);
}

int cudnnFindConvolutionBackwardFilterAlgorithmEx(handle* h, tensor* x, const void* xp, tensor* dy, const void* dyp,
                                                  convolution* d, filter* f, void* fp, int wanted, int* returned,
                                                  performance* results, void* workspace, size_t bytes) {
    ENTER(1)
    return measure(wanted, returned, results, workspace, bytes);
}
