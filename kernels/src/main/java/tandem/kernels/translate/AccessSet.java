package tandem.kernels.translate;

import java.util.Arrays;

/**
 * The accesses of one kind to each cell of a stretch of memory, as far as a later conflicting access needs them: of the
 * running block the latest one, the latest one of another lane of the same warp and the latest one of another warp; and
 * one of the blocks before. After barriers of the whole block and operations of whole warps these decide the same as
 * all accesses would.
 */
final class AccessSet {

    private static final int LANE = 0;
    private static final int WARP = 1;
    private static final int BLOCK = 2;
    private static final int OTHERS = 3;

    private final boolean atomic;
    private long[] latest;
    private long[] others;

    /** @param atomic whether the accesses are atomic operations */
    AccessSet(boolean atomic) {
        this.atomic = atomic;
    }

    private boolean ordered(long stamp, int thread, HappensBefore order) {
        return atomic ? order.orderedAtomic(stamp, thread) : order.ordered(stamp, thread);
    }

    void add(int cell, int cells, long stamp, HappensBefore order) {
        if (latest == null) {
            latest = new long[cells];
        }
        long last = latest[cell];
        latest[cell] = stamp;
        if (last != 0 && (Stamp.thread(last) != Stamp.thread(stamp) || Stamp.time(last) < order.blockStart())) {
            remember(cell, last, stamp, order);
        }
    }

    private void remember(int cell, long last, long stamp, HappensBefore order) {
        if (others == null) {
            others = new long[OTHERS * latest.length];
        }
        int at = OTHERS * cell;
        int thread = Stamp.thread(stamp);
        if (Stamp.time(last) < order.blockStart()) {
            long before = others[at + BLOCK];
            if (before == 0 || order.ordered(before, thread)) {
                others[at + BLOCK] = last;
            }
            others[at + LANE] = 0;
            others[at + WARP] = 0;
        } else if (Stamp.thread(last) >> 5 == thread >> 5) {
            others[at + LANE] = last;
        } else {
            long warp = others[at + WARP];
            boolean lane = warp != 0 && Stamp.thread(warp) >> 5 == thread >> 5 && Stamp.thread(warp) != thread;
            others[at + LANE] = lane ? warp : 0;
            others[at + WARP] = last;
        }
    }

    /** An access that nothing orders with what {@code thread} does now; 0 when there is none. */
    long unordered(int cell, int thread, HappensBefore order) {
        if (latest == null || latest[cell] == 0) {
            return 0;
        }
        if (!ordered(latest[cell], thread, order)) {
            return latest[cell];
        }
        if (others != null) {
            for (int at = OTHERS * cell; at < OTHERS * cell + OTHERS; at++) {
                if (others[at] != 0 && !ordered(others[at], thread, order)) {
                    return others[at];
                }
            }
        }
        return 0;
    }

    /** Takes back the latest access if it is one of {@code thread} at that time. */
    void forget(int cell, int thread, int time) {
        if (latest == null || Stamp.thread(latest[cell]) != thread || Stamp.time(latest[cell]) != time) {
            return;
        }
        latest[cell] = 0;
        for (int at = OTHERS * cell; others != null && at < OTHERS * cell + OTHERS && latest[cell] == 0; at++) {
            latest[cell] = others[at];
            others[at] = 0;
        }
    }

    /** The latest access; 0 when there is none. */
    long latest(int cell) {
        return latest == null ? 0 : latest[cell];
    }

    /** Halves the cells: each becomes two. */
    void split(int cells) {
        latest = split(latest, cells, 1);
        others = split(others, cells, OTHERS);
    }

    static long[] split(long[] old, int cells, int width) {
        if (old == null) {
            return null;
        }
        long[] finer = new long[cells * width];
        for (int cell = 0; cell < cells; cell++) {
            System.arraycopy(old, cell / 2 * width, finer, cell * width, width);
        }
        return finer;
    }

    void clear() {
        if (latest != null) {
            Arrays.fill(latest, 0);
        }
        if (others != null) {
            Arrays.fill(others, 0);
        }
    }
}
