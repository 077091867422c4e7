package tandem.engine.operation;

import tandem.engine.KernelArguments;

/**
 * The two numbers by which a kernel divides indices without a division instruction ({@code division.cuh}): {@code n / d
 * = (n * magic) >>> shift} for all {@code 0 <= n < 2^31}, in 64-bit arithmetic with {@code magic} unsigned.
 *
 * @param magic ceil(2^shift / d), an unsigned 32-bit number (Granlund and Montgomery, PLDI 1994, theorem 4.2)
 * @param shift 31 + ceil(log2 d)
 */
public record Divisor(int magic, int shift) implements KernelArguments {

    /** For division by {@code d}, at least 1. */
    public static Divisor of(int d) {
        if (d < 1) {
            throw new IllegalArgumentException("cannot divide by " + d);
        }
        int shift = 31 + 32 - Integer.numberOfLeadingZeros(d - 1);
        return new Divisor((int) (((1L << shift) + d - 1) / d), shift);
    }

    /** What the kernel computes. */
    int divide(int n) {
        return (int) (((long) n * Integer.toUnsignedLong(magic)) >>> shift);
    }
}
