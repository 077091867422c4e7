// Division of an index by a number that is the same for all threads: one multiplication and a shift.
#pragma once

// n / d for n < 2^31, with magic = ceil(2^shift / d) and shift = 31 + ceil(log2 d): Granlund and Montgomery, "Division
// by invariant integers using multiplication" (PLDI 1994), theorem 4.2. tandem.engine.operation.Divisor makes both
// numbers.
static __device__ __forceinline__ unsigned divide(unsigned n, unsigned magic, unsigned shift) {
    return (unsigned)(((unsigned long long)n * magic) >> shift);
}

// The position of vector t of an image (N, rows, columns, vectors); rows are counted over all images.
struct Place {
    unsigned channel;
    unsigned column;
    unsigned row;
};

static __device__ __forceinline__ Place place_of(unsigned t, unsigned vectors, unsigned vector_magic,
                                                 unsigned vector_shift, unsigned columns, unsigned column_magic,
                                                 unsigned column_shift) {
    unsigned pixel = divide(t, vector_magic, vector_shift);
    unsigned row = divide(pixel, column_magic, column_shift);
    return {t - pixel * vectors, pixel - row * columns, row};
}
