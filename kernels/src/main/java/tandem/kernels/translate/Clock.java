package tandem.kernels.translate;

import java.util.HashMap;
import java.util.Map;

/**
 * A vector clock: up to which time the accesses of other threads happened before something. It has entries for threads,
 * for whole warps and for whole blocks, and for the atomic operations of threads; what has none is not ordered.
 * Immutable.
 */
final class Clock {

    private static final int WARPS = 1024;
    private static final int BLOCK = 2047;

    private final Map<Long, Integer> times;

    private Clock(Map<Long, Integer> times) {
        this.times = times;
    }

    private static final long ATOMIC = 1L << 60;

    private static long key(int block, int member) {
        return (long) block << 11 | member;
    }

    /** Collects the entries of a clock. */
    static final class Builder {

        private final Map<Long, Integer> times;

        /** @param known where to start, or null */
        Builder(Clock known) {
            times = known == null ? new HashMap<>() : new HashMap<>(known.times);
        }

        Builder thread(int block, int thread, int time) {
            return put(key(block, thread), time);
        }

        Builder warp(int block, int warp, int time) {
            return put(key(block, WARPS + warp), time);
        }

        Builder block(int block, int time) {
            return put(key(block, BLOCK), time);
        }

        private Builder put(long key, int time) {
            times.merge(key, time, Math::max);
            return this;
        }

        Clock build() {
            return new Clock(times);
        }
    }

    /** Whether an access of that thread at that time is included. */
    boolean includes(int block, int thread, int time) {
        return time < times.getOrDefault(key(block, BLOCK), 0)
                || time < times.getOrDefault(key(block, WARPS + (thread >> 5)), 0)
                || time < times.getOrDefault(key(block, thread), 0);
    }

    /** Whether an atomic operation of that thread at that time is included. */
    boolean includesAtomic(int block, int thread, int time) {
        return includes(block, thread, time) || time < times.getOrDefault(key(block, thread) | ATOMIC, 0);
    }

    /** The atomic operations of a thread before that time. */
    static Clock ofAtomics(int block, int thread, int time) {
        return new Clock(Map.of(key(block, thread) | ATOMIC, time));
    }

    /** What either includes; each may be null, which includes nothing. */
    static Clock join(Clock a, Clock b) {
        if (a == null || a == b) {
            return b;
        }
        if (b == null) {
            return a;
        }
        boolean larger = a.times.size() >= b.times.size();
        Map<Long, Integer> joined = new HashMap<>(larger ? a.times : b.times);
        (larger ? b : a).times.forEach((key, time) -> joined.merge(key, time, Math::max));
        return new Clock(joined);
    }
}
