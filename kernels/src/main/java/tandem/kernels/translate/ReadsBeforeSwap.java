package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Plain reads that race with atomic operations, until it is known what the value is for. The loop of the CUDA C++
 * Programming Guide, "Atomic Functions", and the {@code atomicAdd} of {@code cuda_bf16.h} start with one: an old value
 * only makes the compare-and-swap of the same thread fail, so it is no error there.
 */
final class ReadsBeforeSwap {

    private static final int MAX_READS = 64;

    private record Read(MemoryRegion region, int index, int bytes, CheckFailure failure) {}

    private final Consumer<CheckFailure> report;
    private final List<Read> reads = new ArrayList<>();
    private int thread;

    /** @param report receives the failure of each read that no compare-and-swap follows */
    ReadsBeforeSwap(Consumer<CheckFailure> report) {
        this.report = report;
    }

    /** A read of the running thread. */
    void add(MemoryRegion region, int index, int bytes, int byThread, CheckFailure failure) {
        thread = byThread;
        if (reads.size() == MAX_READS) {
            finish();
        }
        reads.add(new Read(region, index, bytes, failure));
    }

    /** The running thread compares and swaps these bytes. */
    void swapped(MemoryRegion region, int index, int bytes) {
        reads.removeIf(
                read -> read.region() == region && read.index() < index + bytes && index < read.index() + read.bytes());
    }

    /** A thread makes an access; it may be another one than before. */
    void running(int thread) {
        if (!reads.isEmpty() && thread != this.thread) {
            finish();
        }
    }

    /** The thread has come to a point where others run. */
    void finish() {
        if (!reads.isEmpty()) {
            List<Read> found = List.copyOf(reads);
            reads.clear();
            found.forEach(read -> report.accept(read.failure()));
        }
    }
}
