package tandem.engine.optimizer;

import tandem.engine.Memory;

/** Whole arenas of floats as kernels see them. */
final class Arena {

    private Arena() {}

    /** Elements of FLOAT32 memory, as the 32-bit count that kernels take. */
    static int elements(Memory memory) {
        long elements = memory.bytes() / Float.BYTES;
        if (memory.bytes() % Float.BYTES != 0 || elements > Integer.MAX_VALUE - 4096) {
            throw new IllegalArgumentException(
                    "an arena must hold whole floats, at most 2^31 - 4096, got " + memory.bytes() + " bytes");
        }
        return (int) elements;
    }

    /** Threads of a kernel in which each does four elements. */
    static long fours(int elements) {
        return (elements + 3L) / 4;
    }

    /** Rejects memories of different lengths. */
    static void requireSameLength(String what, Memory a, Memory b) {
        if (a.bytes() != b.bytes()) {
            throw new IllegalArgumentException(
                    what + " must be of one length, got " + a.bytes() + " and " + b.bytes() + " bytes");
        }
    }
}
