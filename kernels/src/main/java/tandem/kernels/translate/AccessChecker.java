package tandem.kernels.translate;

import static tandem.kernels.translate.CheckFailure.Problem.MISALIGNED;
import static tandem.kernels.translate.CheckFailure.Problem.OUT_OF_BOUNDS;
import static tandem.kernels.translate.CheckFailure.Problem.RACE;
import static tandem.kernels.translate.CheckFailure.Problem.UNINITIALISED;

import java.util.Arrays;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.ptx.PtxInstruction;
import tandem.kernels.ptx.Statement;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.CheckedMemory;
import tandem.kernels.translate.machine.Raw;

/**
 * Checks the accesses of one launch. Time is counted in epochs, one more at every barrier and warp operation. Two
 * accesses of different threads to one byte, at least one of them a write that changes it, are a race unless a barrier
 * of their block, or a warp operation of the warp of both, lies between them.
 */
final class AccessChecker extends CheckedMemory {

    private final PtxEntry entry;
    private final BlockContext context;
    private final MemoryMap memory;
    private final ModuleMemory variables;
    private final boolean fenced;
    private final Shadow shared;
    private final int[] warpEpochs = new int[32];
    private int epoch = 1;
    private int blockEpoch = 1;
    private int barrierEpoch = 1;

    AccessChecker(PtxEntry entry, BlockContext context, MemoryMap memory, ModuleMemory variables) {
        this.entry = entry;
        this.context = context;
        this.memory = memory;
        this.variables = variables;
        this.shared = new Shadow(entry.sharedBytes());
        // Blocks that synchronize through fences and atomics order their accesses in ways that epochs do not represent.
        this.fenced = entry.body().stream()
                .anyMatch(statement -> statement instanceof PtxInstruction instruction
                        && (instruction.opcode().equals("membar")
                                || instruction.opcode().equals("fence")));
        memory.forgetAccesses();
    }

    @Override
    public void blockStarted() {
        nextEpoch();
        shared.clear();
        blockEpoch = epoch;
        barrierEpoch = epoch;
    }

    @Override
    public void barrierPassed() {
        nextEpoch();
        barrierEpoch = epoch;
    }

    @Override
    public void warpPassed(int warp) {
        nextEpoch();
        warpEpochs[warp] = epoch;
    }

    private void nextEpoch() {
        if (++epoch == Shadow.EPOCHS) {
            memory.forgetAccesses();
            shared.clear();
            Arrays.fill(warpEpochs, 0);
            epoch = 1;
            blockEpoch = 1;
            barrierEpoch = 1;
        }
    }

    /** The memory that an access goes to. */
    private record Place(MemoryRegion region, Shadow shadow, int index) {}

    private Place place(String verb, long address, int bytes, int space, int line, int thread) {
        if (address % bytes != 0) {
            throw failure(MISALIGNED, verb, address, bytes, line, thread, ", which is not a multiple of " + bytes);
        }
        boolean generic = space == GENERIC;
        int sharedBytes = entry.sharedBytes();
        if (space == SHARED || generic && inside(address, 1, context.shared, sharedBytes)) {
            if (!inside(address, bytes, context.shared, sharedBytes)) {
                throw failure(
                        OUT_OF_BOUNDS,
                        verb,
                        address - context.shared,
                        bytes,
                        line,
                        thread,
                        " of the " + sharedBytes + " bytes of shared memory");
            }
            return new Place(null, shared, (int) (address - context.shared));
        }
        int localBytes = LocalMemory.bytesPerThread(entry);
        long local = context.local + (long) localBytes * thread;
        if (space == LOCAL || generic && inside(address, 1, local, localBytes)) {
            if (!inside(address, bytes, local, localBytes)) {
                throw failure(
                        OUT_OF_BOUNDS,
                        verb,
                        address - local,
                        bytes,
                        line,
                        thread,
                        " of the " + entry.localBytes() + " bytes of the thread's local memory");
            }
            return null;
        }
        if (variables.contains(address, bytes)) {
            return null;
        }
        if (generic && verb.equals("reads") && inside(address, bytes, context.parameters, entry.parameterBytes())) {
            return null;
        }
        MemoryRegion region = memory.find(address, bytes);
        if (region == null) {
            throw failure(OUT_OF_BOUNDS, verb, address, bytes, line, thread, ", " + memory.describe(address));
        }
        return new Place(region, region.shadow(), (int) (address - region.address()));
    }

    private static boolean inside(long address, int bytes, long start, int length) {
        return address >= start && address + bytes <= start + length;
    }

    @Override
    protected void checkAligned(long address, int bytes, int space, int line, int thread) {
        if (address % bytes != 0) {
            throw failure(
                    MISALIGNED, "accesses", address, bytes, line, thread, ", which is not a multiple of " + bytes);
        }
    }

    /** Who wrote byte {@code i} of a place; a byte that nothing has written is a failure of the access. */
    private int initializedBy(Place place, int i, String verb, long address, int bytes, int line, int thread) {
        int writer = place.shadow().writer(i);
        boolean initialized = place.region() == null
                ? Shadow.epoch(writer) >= blockEpoch && writer != 0
                : place.region().isInitialized(place.region().address() + i, 1);
        if (!initialized) {
            throw failure(
                    UNINITIALISED,
                    verb,
                    address,
                    bytes,
                    line,
                    thread,
                    ", " + where(place) + ", which nothing has written");
        }
        return writer;
    }

    @Override
    protected void checkRead(long address, int bytes, int space, int line, int thread) {
        Place place = place("reads", address, bytes, space, line, thread);
        if (place == null) {
            return;
        }
        if (place.region() != null) {
            memory.accesses().read(bytes);
        }
        for (int i = place.index(); i < place.index() + bytes; i++) {
            int writer = initializedBy(place, i, "reads", address, bytes, line, thread);
            if (races(writer, thread)) {
                throw failure(
                        RACE,
                        "reads",
                        address,
                        bytes,
                        line,
                        thread,
                        ", " + where(place) + ", which " + who(writer) + " wrote without a barrier in between");
            }
            int reader = place.shadow().reader(i);
            boolean more = Shadow.epoch(reader) == epoch && Shadow.thread(reader) != thread;
            place.shadow().read(i, Shadow.stamp(epoch, more ? Shadow.SEVERAL : thread));
        }
    }

    @Override
    public void write(long address, long bits, int bytes, int space, int line, int thread) {
        Place place = place("writes", address, bytes, space, line, thread);
        if (place != null && place.region() != null) {
            memory.accesses().written(bytes);
        }
        for (int b = 0; b < bytes; b++) {
            byte value = (byte) (bits >>> 8 * b);
            if (place != null) {
                int i = place.index() + b;
                int writer = place.shadow().writer(i);
                boolean same = Raw.UNSAFE.getByte(address + b) == value;
                if (!same && races(writer, thread)) {
                    throw failure(
                            RACE,
                            "writes",
                            address,
                            bytes,
                            line,
                            thread,
                            ", " + where(place) + ", to which " + who(writer)
                                    + " wrote another value without a barrier in between");
                }
                int reader = place.shadow().reader(i);
                if (!same && races(reader, thread)) {
                    throw failure(
                            RACE,
                            "writes",
                            address,
                            bytes,
                            line,
                            thread,
                            ", " + where(place) + ", which " + who(reader) + " read without a barrier in between");
                }
                place.shadow().written(i, Shadow.stamp(epoch, thread));
                if (place.region() != null) {
                    place.region().markInitialized(address + b, 1);
                }
            }
            Raw.UNSAFE.putByte(address + b, value);
        }
    }

    @Override
    protected void checkAtomic(long address, int bytes, int space, int line, int thread) {
        Place place = place("atomically changes", address, bytes, space, line, thread);
        if (place == null) {
            return;
        }
        for (int i = place.index(); i < place.index() + bytes; i++) {
            initializedBy(place, i, "atomically changes", address, bytes, line, thread);
            place.shadow().written(i, Shadow.stamp(epoch, Shadow.ATOMIC));
        }
    }

    /** Whether the access with that stamp and one of {@code thread} now are in no order. */
    private boolean races(int stamp, int thread) {
        int other = Shadow.thread(stamp);
        int then = Shadow.epoch(stamp);
        if (stamp == 0 || other == Shadow.ATOMIC) {
            return false;
        }
        if (then < blockEpoch) {
            return !fenced;
        }
        if (then < barrierEpoch || other == thread) {
            return false;
        }
        boolean sameWarp = other != Shadow.SEVERAL && other >> 5 == thread >> 5;
        return !sameWarp || then >= warpEpochs[thread >> 5];
    }

    private static String where(Place place) {
        return place.region() == null
                ? "byte " + place.index() + " of shared memory"
                : "byte " + place.index() + " of buffer " + place.region();
    }

    private String who(int stamp) {
        int other = Shadow.thread(stamp);
        if (Shadow.epoch(stamp) < blockEpoch) {
            return "another block";
        }
        return other == Shadow.SEVERAL ? "another thread of the block" : "thread " + index(other) + " of the block";
    }

    private String index(int thread) {
        return "(" + thread % context.ntidX + ", " + thread / context.ntidX % context.ntidY + ", "
                + thread / context.ntidX / context.ntidY + ")";
    }

    private CheckFailure failure(
            CheckFailure.Problem problem, String verb, long address, int bytes, int line, int thread, String rest) {
        String text = "";
        for (Statement statement : entry.body()) {
            if (statement.line() == line && statement instanceof PtxInstruction instruction) {
                text = "'" + instruction.text() + "': ";
            }
        }
        return new CheckFailure(
                problem,
                entry.file(),
                line,
                "entry " + entry.name() + ": " + text + "thread " + index(thread)
                        + " of block (" + context.ctaidX + ", " + context.ctaidY + ", " + context.ctaidZ + ") " + verb
                        + " " + bytes
                        + " bytes at "
                        + (Math.abs(address) < 1 << 20 ? "byte " + address : "address 0x" + Long.toHexString(address))
                        + rest);
    }
}
