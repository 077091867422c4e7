package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * Reads of memory that nothing had written when they were made. Whether a barrier is missing, so that the writer comes
 * after the reader by chance, or no thread writes at all, is known only when the block (for shared memory) or the
 * kernel launch has ended.
 */
final class UninitializedReads {

    private static final int MAX_PER_LINE = 64;

    private record Read(MemoryRegion region, int index, int bytes, CheckFailure failure) {}

    private final List<Read> reads = new ArrayList<>();

    boolean isEmpty() {
        return reads.isEmpty();
    }

    /** Whether one more read of that line makes a difference. */
    boolean wants(int line) {
        return reads.stream().filter(read -> read.failure().line() == line).count() < MAX_PER_LINE;
    }

    void add(MemoryRegion region, int index, int bytes, CheckFailure failure) {
        reads.add(new Read(region, index, bytes, failure));
    }

    /** A write that is not ordered with the read came: what was found is a race. */
    void raced(MemoryRegion region, int index, int bytes) {
        reads.removeIf(
                read -> read.region() == region && read.index() < index + bytes && index < read.index() + read.bytes());
    }

    /** Takes the reads of shared memory, or all of them. */
    List<CheckFailure> take(boolean sharedOnly) {
        List<CheckFailure> taken = new ArrayList<>();
        for (Iterator<Read> each = reads.iterator(); each.hasNext(); ) {
            Read read = each.next();
            if (!sharedOnly || read.region().isShared()) {
                taken.add(read.failure());
                each.remove();
            }
        }
        return taken;
    }
}
