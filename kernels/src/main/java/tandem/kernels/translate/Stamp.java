package tandem.kernels.translate;

/** One access in 64 bits: its time, the line of the PTX file, the thread of the block, and a flag; 0 is no access. */
final class Stamp {

    /** The access was an {@code ld.global.nc}. */
    static final int READ_ONLY = 1;

    private static final int MAX_LINE = (1 << 20) - 1;

    private Stamp() {}

    static long of(int time, int line, int thread, int flags) {
        return (long) time << 32 | (long) Math.min(line, MAX_LINE) << 12 | thread << 2 | flags;
    }

    static int time(long stamp) {
        return (int) (stamp >>> 32);
    }

    static int line(long stamp) {
        return (int) (stamp >>> 12) & MAX_LINE;
    }

    static int thread(long stamp) {
        return (int) stamp >>> 2 & 1023;
    }
}
