package tandem.kernels.count;

import java.util.HashSet;
import java.util.Set;
import tandem.kernels.translate.LaunchObserver.Kind;
import tandem.kernels.translate.LaunchObserver.Space;

/** One execution of a load, store or atomic operation by the lanes of a warp. */
final class WarpAccess {

    private static final int SECTOR = 32;
    private static final int BANKS = 32;
    private static final int WORD = 4;

    private final Kind kind;
    private final Space space;
    private final int bytes;
    private final long[] addresses = new long[32];
    private int lanes;

    WarpAccess(Kind kind, Space space, int bytes) {
        this.kind = kind;
        this.space = space;
        this.bytes = bytes;
    }

    void add(long address) {
        if (lanes < addresses.length) {
            addresses[lanes++] = address;
        }
    }

    void count(LineCount line) {
        if (space == Space.GLOBAL) {
            line.requestedBytes += (long) bytes * lanes;
            line.movedBytes += (long) SECTOR * distinct(SECTOR);
        } else if (space == Space.SHARED) {
            line.sharedAccesses++;
            line.bankConflicts += bankConflicts();
        }
        if (kind == Kind.ATOMIC) {
            line.atomics += lanes;
            line.atomicConflicts += lanes - distinct(1);
        }
    }

    /** Stretches of {@code size} bytes that are touched; with size 1, different addresses. */
    private int distinct(int size) {
        Set<Long> touched = new HashSet<>();
        for (int lane = 0; lane < lanes; lane++) {
            long end = size == 1 ? addresses[lane] : (addresses[lane] + bytes - 1) / size;
            for (long part = addresses[lane] / size; part <= end; part++) {
                touched.add(part);
            }
        }
        return touched.size();
    }

    /** Lanes that access 8 or 16 bytes do so in two or four groups, one after another. */
    private int bankConflicts() {
        int group = 32 * WORD / Math.max(WORD, Math.min(16, bytes));
        int conflicts = 0;
        for (int from = 0; from < lanes; from += group) {
            int[] words = new int[BANKS];
            Set<Long> seen = new HashSet<>();
            int most = 1;
            for (int lane = from; lane < Math.min(lanes, from + group); lane++) {
                for (long word = addresses[lane] / WORD; word <= (addresses[lane] + bytes - 1) / WORD; word++) {
                    if (seen.add(word)) {
                        most = Math.max(most, ++words[(int) (word % BANKS)]);
                    }
                }
            }
            conflicts += most - 1;
        }
        return conflicts;
    }
}
