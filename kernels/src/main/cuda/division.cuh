// Division of an index by a number that is the same for all threads: one multiplication and a shift.
#pragma once

// n / d for n < 2^31, with magic = ceil(2^shift / d) and shift = 31 + ceil(log2 d): Granlund and Montgomery, "Division by
// invariant integers using multiplication" (PLDI 1994), theorem 4.2. tandem.engine.operation.Divisor makes both numbers.
static __device__ __forceinline__ unsigned divide(unsigned n, unsigned magic, unsigned shift) {
    return (unsigned)(((unsigned long long)n * magic) >> shift);
}
