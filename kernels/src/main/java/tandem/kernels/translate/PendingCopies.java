package tandem.kernels.translate;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Iterator;
import java.util.List;

/**
 * Asynchronous copies to the shared memory of a block for which their threads have not waited yet (PTX ISA, "Data
 * Movement and Conversion Instructions: Asynchronous copy"). A thread puts its copies into groups, and waits until at
 * most some of its latest groups are open.
 */
final class PendingCopies {

    private static final int MAX_THREADS = 1024;

    /** A copy to {@code bytes} bytes at an offset of shared memory, and the number of its group among the thread's. */
    record Copy(int offset, int bytes, int line, int thread, int group) {}

    private final List<Copy> copies = new ArrayList<>();
    private final BitSet bytes = new BitSet();
    private final int[] groups = new int[MAX_THREADS];

    boolean isEmpty() {
        return copies.isEmpty();
    }

    /** Forgets all of a block. */
    void clear() {
        copies.clear();
        bytes.clear();
        Arrays.fill(groups, 0);
    }

    void add(int offset, int length, int line, int thread) {
        copies.add(new Copy(offset, length, line, thread, groups[thread]));
        bytes.set(offset, offset + length);
    }

    void closeGroup(int thread) {
        groups[thread]++;
    }

    /**
     * Takes the copies of a thread that are complete when it has waited.
     *
     * @param open how many of its latest groups may be open; negative: also copies of no group are complete
     */
    List<Copy> complete(int open, int thread) {
        List<Copy> complete = new ArrayList<>();
        for (Iterator<Copy> each = copies.iterator(); each.hasNext(); ) {
            Copy copy = each.next();
            if (copy.thread() == thread && (open < 0 || copy.group() < groups[thread] - open)) {
                complete.add(copy);
                each.remove();
            }
        }
        complete.forEach(this::clearBytes);
        return complete;
    }

    /** A copy to one of those bytes, or null. */
    Copy at(int offset, int length) {
        int first = bytes.nextSetBit(offset);
        if (first < 0 || first >= offset + length) {
            return null;
        }
        return copies.stream()
                .filter(copy -> copy.offset() < offset + length && offset < copy.offset() + copy.bytes())
                .findFirst()
                .orElse(null);
    }

    /** Counts the copy as complete. */
    void forget(Copy copy) {
        copies.remove(copy);
        clearBytes(copy);
    }

    private void clearBytes(Copy copy) {
        bytes.clear(copy.offset(), copy.offset() + copy.bytes());
    }
}
