package tandem.kernels.translate;

import java.util.Arrays;

/**
 * Who wrote and who read each byte of a stretch of memory last. A stamp is an epoch times 2048 plus a thread, or one of
 * the two special threads; 0 means none.
 */
final class Shadow {

    /** In place of a thread: several threads of the epoch. */
    static final int SEVERAL = 2047;
    /** In place of a thread: atomic accesses, which conflict with nothing. */
    static final int ATOMIC = 2046;
    /** Epochs that fit a stamp. */
    static final int EPOCHS = 1 << 20;

    private final int bytes;
    private int[] writers;
    private int[] readers;

    Shadow(int bytes) {
        this.bytes = bytes;
    }

    static int stamp(int epoch, int thread) {
        return epoch * 2048 + thread;
    }

    static int epoch(int stamp) {
        return stamp >>> 11;
    }

    static int thread(int stamp) {
        return stamp & 2047;
    }

    void clear() {
        if (writers != null) {
            Arrays.fill(writers, 0);
        }
        if (readers != null) {
            Arrays.fill(readers, 0);
        }
    }

    int writer(int index) {
        return writers == null ? 0 : writers[index];
    }

    int reader(int index) {
        return readers == null ? 0 : readers[index];
    }

    void written(int index, int stamp) {
        if (writers == null) {
            writers = new int[bytes];
        }
        writers[index] = stamp;
    }

    void read(int index, int stamp) {
        if (readers == null) {
            readers = new int[bytes];
        }
        readers[index] = stamp;
    }
}
