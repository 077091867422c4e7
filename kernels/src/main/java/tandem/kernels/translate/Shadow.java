package tandem.kernels.translate;

import java.util.Arrays;

/**
 * Who wrote, read, and atomically accessed each cell of a stretch of memory. A cell has four bytes until the first
 * smaller access splits all cells.
 */
final class Shadow {

    private final int bytes;
    private int shift = 2;
    private long[] writers;
    private final AccessSet reads = new AccessSet(false);
    private final AccessSet atomics = new AccessSet(true);

    Shadow(int bytes) {
        this.bytes = bytes;
    }

    private int cells() {
        return (bytes >> shift) + 1;
    }

    /** The cell of the first byte of an access; cells are made small enough for it. */
    int first(int index, int length) {
        while (((index | length) & (1 << shift) - 1) != 0) {
            shift--;
            writers = AccessSet.split(writers, cells(), 1);
            reads.split(cells());
            atomics.split(cells());
        }
        return index >> shift;
    }

    /** The cell behind the last one of an access that {@link #first} has seen. */
    int end(int index, int length) {
        return index + length >> shift;
    }

    /** The first byte of a cell. */
    int start(int cell) {
        return cell << shift;
    }

    /** The last plain write; 0 when there is none. */
    long writer(int cell) {
        return writers == null ? 0 : writers[cell];
    }

    void written(int cell, long stamp) {
        if (writers == null) {
            writers = new long[cells()];
        }
        writers[cell] = stamp;
    }

    AccessSet reads() {
        return reads;
    }

    AccessSet atomics() {
        return atomics;
    }

    void read(int cell, long stamp, HappensBefore order) {
        reads.add(cell, cells(), stamp, order);
    }

    void atomic(int cell, long stamp, HappensBefore order) {
        atomics.add(cell, cells(), stamp, order);
    }

    void clear() {
        if (writers != null) {
            Arrays.fill(writers, 0);
        }
        reads.clear();
        atomics.clear();
    }
}
