package tandem.kernels.translate;

import static tandem.kernels.translate.CheckFailure.Problem.RACE;
import static tandem.kernels.translate.CheckFailure.Problem.READ_ONLY;
import static tandem.kernels.translate.CheckFailure.Problem.UNINITIALISED;

import java.util.function.Consumer;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.Raw;

/**
 * Finds races. Two accesses of different threads to one cell are a race when neither happened before the other, unless
 * both read, both are atomic, or the later one writes the value that is already there.
 */
final class RaceCheck {

    private final HappensBefore order;
    private final FailureText text;
    private final UninitializedReads uninitialized;
    private final Consumer<CheckFailure> report;
    private final ReadsBeforeSwap swaps;
    private final boolean fences;

    RaceCheck(
            PtxEntry entry,
            HappensBefore order,
            FailureText text,
            UninitializedReads uninitialized,
            ReadsBeforeSwap swaps,
            Consumer<CheckFailure> report) {
        this.order = order;
        this.text = text;
        this.uninitialized = uninitialized;
        this.swaps = swaps;
        this.report = report;
        this.fences = entry.body().stream()
                .anyMatch(statement -> statement instanceof PtxInstruction instruction
                        && (instruction.opcode().equals("membar")
                                || instruction.opcode().equals("fence")));
    }

    /**
     * Whether a load or store is one that threads synchronize through: relaxed, acquire or release; a volatile one in a
     * kernel that has fences.
     */
    boolean synchronizes(int how) {
        return (how & CheckedMemory.STRONG) != 0 || fences && (how & CheckedMemory.VOLATILE) != 0;
    }

    /** Remembers a read of bytes that nothing has written yet. */
    void initialized(String verb, MemoryRegion region, int index, int bytes, int line, int thread) {
        if (!region.isInitialized(region.address() + index, bytes) && uninitialized.wants(line)) {
            int first = index;
            while (region.isInitialized(region.address() + first, 1)) {
                first++;
            }
            uninitialized.add(
                    region,
                    index,
                    bytes,
                    text.failure(
                            UNINITIALISED,
                            line,
                            0,
                            thread,
                            verb + " " + bytes + " bytes at " + FailureText.where(region, first)
                                    + ", which nothing has written"));
        }
    }

    void read(MemoryRegion region, int index, int bytes, int line, int thread, boolean readOnly) {
        Shadow shadow = region.shadow();
        int cell = shadow.first(index, bytes);
        int end = shadow.end(index, bytes);
        long stamp = Stamp.of(order.now(), line, thread, readOnly ? Stamp.READ_ONLY : 0);
        for (; cell < end; cell++) {
            long writer = shadow.writer(cell);
            long changed = writer != 0 ? writer : shadow.atomics().latest(cell);
            if (readOnly && changed != 0 && !own(changed, thread)) {
                readOnly(region, shadow.start(cell), bytes, line, thread, changed);
                return;
            }
            if (writer != 0 && !order.ordered(writer, thread)) {
                race("reads", "wrote", region, shadow.start(cell), bytes, line, thread, writer);
                return;
            }
            long atomic = shadow.atomics().unordered(cell, thread, order);
            if (atomic != 0) {
                String did = "accessed atomically";
                CheckFailure failure = failure("reads", did, region, shadow.start(cell), bytes, line, thread, atomic);
                swaps.add(region, index, bytes, thread, failure);
                return;
            }
            shadow.read(cell, stamp, order);
        }
    }

    private boolean own(long stamp, int thread) {
        return Stamp.thread(stamp) == thread && Stamp.time(stamp) >= order.blockStart();
    }

    void write(MemoryRegion region, int index, int bytes, int line, int thread, long bits) {
        Shadow shadow = region.shadow();
        int cell = shadow.first(index, bytes);
        int end = shadow.end(index, bytes);
        long stamp = Stamp.of(order.now(), line, thread, 0);
        boolean checked = false;
        boolean same = false;
        for (; cell < end; cell++) {
            long other = shadow.writer(cell);
            String did = "wrote another value";
            if (other == 0 || order.ordered(other, thread)) {
                did = "accessed atomically";
                other = shadow.atomics().unordered(cell, thread, order);
            }
            if (other == 0) {
                did = "read";
                other = shadow.reads().unordered(cell, thread, order);
            }
            if (other != 0 && !checked) {
                checked = true;
                same = region.isInitialized(region.address() + index, bytes)
                        && holds(region.address() + index, bytes, bits);
            }
            if (other != 0 && !same) {
                uninitialized.raced(region, index, bytes);
                race("writes", did, region, shadow.start(cell), bytes, line, thread, other);
                return;
            }
            shadow.written(cell, stamp);
        }
    }

    /** Bytes that the thread wrote asynchronously are there now. */
    void completed(MemoryRegion region, int index, int bytes, int line, int thread) {
        Shadow shadow = region.shadow();
        int cell = shadow.first(index, bytes);
        int end = shadow.end(index, bytes);
        long stamp = Stamp.of(order.now(), line, thread, 0);
        for (; cell < end; cell++) {
            shadow.written(cell, stamp);
        }
    }

    private static boolean holds(long address, int bytes, long bits) {
        return switch (bytes) {
            case 1 -> Raw.UNSAFE.getByte(address) == (byte) bits;
            case 2 -> Raw.UNSAFE.getShort(address) == (short) bits;
            case 4 -> Raw.UNSAFE.getInt(address) == (int) bits;
            default -> Raw.UNSAFE.getLong(address) == bits;
        };
    }

    /** An atomic compare-and-swap: that the thread has just read the bytes counts as a part of it. */
    void swap(MemoryRegion region, int index, int bytes, int thread) {
        swaps.swapped(region, index, bytes);
        Shadow shadow = region.shadow();
        int cell = shadow.first(index, bytes);
        int end = shadow.end(index, bytes);
        for (; cell < end; cell++) {
            shadow.reads().forget(cell, thread, order.now());
        }
    }

    /** An atomic operation, or a load or store that synchronizes. */
    void atomic(String verb, MemoryRegion region, int index, int bytes, int line, int thread) {
        Shadow shadow = region.shadow();
        int cell = shadow.first(index, bytes);
        int end = shadow.end(index, bytes);
        long stamp = Stamp.of(order.now(), line, thread, 0);
        for (; cell < end; cell++) {
            long other = shadow.writer(cell);
            String did = "wrote";
            if (other == 0 || order.ordered(other, thread)) {
                did = "read";
                other = verb.equals("reads") ? 0 : shadow.reads().unordered(cell, thread, order);
            }
            if (other != 0) {
                uninitialized.raced(region, index, bytes);
                race(verb, did, region, shadow.start(cell), bytes, line, thread, other);
                return;
            }
            shadow.atomic(cell, stamp, order);
        }
    }

    private void race(
            String verb, String did, MemoryRegion region, int index, int bytes, int line, int thread, long other) {
        report.accept(failure(verb, did, region, index, bytes, line, thread, other));
    }

    private CheckFailure failure(
            String verb, String did, MemoryRegion region, int index, int bytes, int line, int thread, long other) {
        return text.failure(
                RACE,
                line,
                Stamp.line(other),
                thread,
                verb + " " + bytes + " bytes at " + FailureText.where(region, index) + ", which " + text.who(other)
                        + " " + did + " at " + CheckFailure.OTHER_LINE + text.missing(other, thread));
    }

    private void readOnly(MemoryRegion region, int index, int bytes, int line, int thread, long other) {
        report.accept(text.failure(
                READ_ONLY,
                line,
                Stamp.line(other),
                thread,
                "reads " + bytes + " bytes at " + FailureText.where(region, index)
                        + " through the read-only cache, which "
                        + text.who(other) + " wrote at " + CheckFailure.OTHER_LINE
                        + ": memory read by __ldg() or a const __restrict__ pointer must not be written in the same"
                        + " kernel launch"));
    }
}
