package tandem.kernels.translate.machine;

import sun.misc.Unsafe;

/** {@code cp.async} without checks: the copy is made at once, which the PTX ISA allows. */
public final class AsyncCopy {

    private static final Unsafe UNSAFE = Raw.UNSAFE;

    private AsyncCopy() {}

    /**
     * Copies from global to shared memory.
     *
     * @param bytes 4, 8 or 16
     * @param sourceBytes how many are read; the rest is zero
     */
    public static void copy(long to, long from, int bytes, int sourceBytes) {
        for (int at = 0; at < bytes; at += Integer.BYTES) {
            int read = Math.max(0, Math.min(Integer.BYTES, sourceBytes - at));
            int word = 0;
            if (read == Integer.BYTES) {
                word = UNSAFE.getInt(from + at);
            } else {
                for (int k = 0; k < read; k++) {
                    word |= (UNSAFE.getByte(from + at + k) & 0xFF) << 8 * k;
                }
            }
            UNSAFE.putInt(to + at, word);
        }
    }
}
