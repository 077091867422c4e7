// Division of an index by a number that is the same for all threads: one multiplication and a shift.
#pragma once

// n / d for n < 2^31, with magic = ceil(2^shift / d) and shift = 31 + ceil(log2 d): Granlund and Montgomery, "Division
// by invariant integers using multiplication" (PLDI 1994), theorem 4.2. tandem.engine.operation.Divisor makes both
// numbers.
static __device__ __forceinline__ unsigned divide(unsigned n, unsigned magic, unsigned shift) {
    return (unsigned)(((unsigned long long)n * magic) >> shift);
}

// Where vector t of an image (N, rows, columns, vectors) lies: the row counts over all images.
struct Place {
    unsigned channel;
    unsigned column;
    unsigned row;
};

static __device__ __forceinline__ Place place_of(unsigned t, unsigned vectors, unsigned vectorMagic,
                                                 unsigned vectorShift, unsigned columns, unsigned columnMagic,
                                                 unsigned columnShift) {
    unsigned pixel = divide(t, vectorMagic, vectorShift);
    unsigned row = divide(pixel, columnMagic, columnShift);
    return {t - pixel * vectors, pixel - row * columns, row};
}
