// What the two interfaces of the mock cuDNN share: the sizes of a convolution, and the loops that compute it.
#pragma once
#include "mock.h"
#include <stddef.h>

enum {
    BAD_PARAM = 2000,
    NOT_SUPPORTED = 3000,
    EXECUTION_FAILED = 5000
};

// The math type that excludes TF32.
enum {
    FMA = 3
};

#define ENTER(unsafe)                              \
    {                                              \
        int failed = mock_enter(__func__, unsafe); \
        if (failed)                                \
            return failed;                         \
    }

typedef struct {
    mock_stream* stream;
} handle;

typedef struct {
    int n, c, h, w;
    char type;
} tensor;

typedef struct {
    int k, c, r, s;
    char type;
} filter;

typedef struct {
    int padding_h, padding_w, stride_h, stride_w, dilation_h, dilation_w, mode, type, math;
} convolution;

// One convolution: kind 0 forward from (x, filter), 1 backward data from (dy, filter), 2 backward filter from (x, dy).
typedef struct {
    int kind;
    tensor x, y;
    filter f;
    convolution d;
    float alpha, beta, alpha2;
    const void *a, *b, *bias, *z;
    void* out;
    int relu;
    float time;
    unsigned char* workspace;
    size_t bytes;
} work;

// The type of numbers.h for a number of cuDNN's; '?' for others.
char type_of(int number);
// The sums of the outputs, to be freed.
double* convolution_sums(const work* j, size_t* count);
