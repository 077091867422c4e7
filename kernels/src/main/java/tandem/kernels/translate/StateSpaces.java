package tandem.kernels.translate;

import static tandem.kernels.translate.CheckFailure.Problem.OUT_OF_BOUNDS;
import static tandem.kernels.translate.CheckFailure.Problem.UNINITIALISED;

import java.util.BitSet;
import tandem.kernels.ptx.PtxEntry;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.CheckedMemory;

/**
 * The memory that the threads of a checked launch may access, by PTX state space: buffers and variables of the module,
 * the shared memory of the block, the local memory of each thread, and the parameters.
 */
final class StateSpaces {

    /** Receives what is wrong with an access. */
    @FunctionalInterface
    interface Report {
        void accept(CheckFailure.Problem problem, int line, int thread, String what);
    }

    private final PtxEntry entry;
    private final BlockContext context;
    private final MemoryMap buffers;
    private final MemoryMap variables;
    private final Report report;
    private final MemoryLayout sharedLayout;
    private final MemoryLayout localLayout;
    private final BitSet localWritten = new BitSet();
    private MemoryRegion[] shared;

    StateSpaces(PtxEntry entry, BlockContext context, MemoryMap buffers, ModuleMemory variables, Report report) {
        this.entry = entry;
        this.context = context;
        this.buffers = buffers;
        this.variables = variables.map();
        this.report = report;
        this.sharedLayout = MemoryLayout.of(entry, "shared", Mode.CHECKED);
        this.localLayout = MemoryLayout.of(entry, "local", Mode.CHECKED);
    }

    /** Allows accesses to memory that belongs to no buffer. */
    void allow(String name, long address, int bytes) {
        variables.add(name, address, bytes, true);
    }

    /** A block starts: nothing has written its shared and local memory. */
    void startBlock() {
        localWritten.clear();
        if (shared == null) {
            shared = new MemoryRegion[sharedLayout.variables().size()];
            for (int i = 0; i < shared.length; i++) {
                shared[i] = MemoryRegion.ofShared(
                        MemoryLayout.sourceName(sharedLayout.variables().get(i).name()),
                        context.shared + sharedLayout.starts().get(i),
                        (int) sharedLayout.variables().get(i).bytes());
            }
        } else {
            for (MemoryRegion region : shared) {
                region.reset();
            }
        }
    }

    /** The variable in shared memory that has all these bytes; null for none. */
    MemoryRegion sharedRegion(long offset, int bytes) {
        int variable = sharedLayout.find(offset, bytes);
        return variable < 0 ? null : shared[variable];
    }

    /**
     * The region of an access; null when there is nothing more to check, {@link MemoryRegion#NOWHERE} when it is wrong,
     * which is reported.
     *
     * @param verb what the access does, such as {@code reads}
     * @param how the state space and other attributes, see {@link CheckedMemory}
     */
    MemoryRegion find(String verb, long address, int bytes, int how, int line, int thread) {
        int space = how & CheckedMemory.SPACE;
        boolean generic = space == CheckedMemory.GENERIC;
        if (space == CheckedMemory.SHARED || generic && inside(address, 1, context.shared, sharedLayout.bytes())) {
            long offset = address - context.shared;
            MemoryRegion region = sharedRegion(offset, bytes);
            return region != null
                    ? region
                    : outside(
                            verb,
                            "byte " + offset,
                            bytes,
                            line,
                            thread,
                            sharedLayout.describe(offset) + " of the " + sharedLayout.ownBytes()
                                    + " bytes of shared memory");
        }
        long local = context.local + (long) localLayout.bytes() * thread;
        if (space == CheckedMemory.LOCAL || generic && inside(address, 1, local, localLayout.bytes())) {
            return local(verb, address - local, bytes, line, thread);
        }
        MemoryRegion region = buffers.find(address, bytes);
        if (region == null) {
            region = variables.find(address, bytes);
        }
        if (region == null
                && !(generic
                        && verb.equals("reads")
                        && inside(address, bytes, context.parameters, entry.parameterBytes()))) {
            return outside(
                    verb,
                    address == 0 ? "the null pointer" : FailureText.address(address),
                    bytes,
                    line,
                    thread,
                    variables.describes(address) ? variables.describe(address) : buffers.describe(address));
        }
        return region;
    }

    private MemoryRegion local(String verb, long offset, int bytes, int line, int thread) {
        if (localLayout.find(offset, bytes) < 0) {
            return outside(
                    verb,
                    "byte " + offset,
                    bytes,
                    line,
                    thread,
                    localLayout.describe(offset) + " of the " + localLayout.ownBytes()
                            + " bytes of the thread's local memory");
        }
        int at = localLayout.bytes() * thread + (int) offset;
        if (!verb.equals("reads")) {
            localWritten.set(at, at + bytes);
        } else {
            // Copies of structures read the padding too; arguments of inlined calls ('#') may be all padding.
            int written = localWritten.nextSetBit(at);
            int variable = localLayout.find(offset, bytes);
            String name = localLayout.variables().get(variable).name();
            if ((written < 0 || written >= at + bytes) && (!name.contains("#") || name.startsWith("__local_depot"))) {
                report.accept(
                        UNINITIALISED,
                        line,
                        thread,
                        verb + " " + bytes + " bytes at byte "
                                + (offset - localLayout.starts().get(variable))
                                + " of local memory '"
                                + MemoryLayout.sourceName(name)
                                + "', which nothing has written");
            }
        }
        return null;
    }

    private MemoryRegion outside(String verb, String place, int bytes, int line, int thread, String where) {
        report.accept(OUT_OF_BOUNDS, line, thread, verb + " " + bytes + " bytes at " + place + ", " + where);
        return MemoryRegion.NOWHERE;
    }

    private static boolean inside(long address, int bytes, long start, int length) {
        return address >= start && address + bytes <= start + length;
    }
}
