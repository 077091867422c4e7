package tandem.kernels.translate.x86;

import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.List;
import tandem.kernels.Grid;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.Raw;

/** A kernel as machine code. It may be run by many threads at once. */
public final class VectorKernel {

    /** The code for groups of threads of one size, callable. */
    private record Version(ExecutableMemory memory, NativeCode code, int lanes, VectorCode written) {

        static Version of(VectorCode written) {
            ExecutableMemory memory = ExecutableMemory.of(written.code());
            return new Version(memory, NativeBinding.bind(memory.address()), 8 * written.parts(), written);
        }

        /** Whether threads are in rows of whole groups. */
        boolean suits(Grid grid) {
            boolean row = grid.threadsY() == 1 && grid.threadsZ() == 1;
            return (row ? grid.threads() : grid.threadsX()) % lanes == 0;
        }
    }

    /** The one for the largest groups first; the last one runs any grid. */
    private final List<Version> versions = new ArrayList<>();

    private final int sharedBytes;
    private final boolean masked;

    /**
     * Makes code callable.
     *
     * @param written that for the largest groups first
     * @param sharedBytes shared memory that a block takes for its variables
     */
    VectorKernel(List<VectorCode> written, int sharedBytes, boolean masked) {
        this.sharedBytes = sharedBytes;
        this.masked = masked;
        written.forEach(code -> versions.add(Version.of(code)));
    }

    /**
     * Runs blocks {@code first} to {@code end} (exclusive), counted with x fastest, in the calling thread.
     *
     * @param context of the calling thread
     * @param parameters address of the packed parameter block
     */
    public void run(BlockContext context, Grid grid, long parameters, int first, int end) {
        Version version = version(grid);
        VectorCode written = version.written;
        int lanes = version.lanes;
        int groups = (grid.threads() + lanes - 1) / lanes * (lanes / 8);
        context.reserve(
                (long) sharedBytes + grid.sharedBytes(),
                0,
                written.frameBytes() + (long) groups * written.recordBytes());
        long frame = context.saved;
        put(frame, Frame.PARAMETERS, parameters);
        put(frame, Frame.SHARED, context.shared);
        put(frame, Frame.CTAID, first % grid.blocksX());
        put(frame, Frame.CTAID + 8, first / grid.blocksX() % grid.blocksY());
        put(frame, Frame.CTAID + 16, first / grid.blocksX() / grid.blocksY());
        put(frame, Frame.NCTAID, grid.blocksX());
        put(frame, Frame.NCTAID + 8, grid.blocksY());
        put(frame, Frame.NCTAID + 16, grid.blocksZ());
        put(frame, Frame.NTID, grid.threadsX());
        put(frame, Frame.NTID + 8, grid.threadsY());
        put(frame, Frame.NTID + 16, grid.threadsZ());
        put(frame, Frame.BLOCKS, end - first);
        put(frame, Frame.THREADS, grid.threads());
        boolean row = grid.threadsY() == 1 && grid.threadsZ() == 1;
        put(frame, Frame.ROWS, masked ? 0 : row ? 1 : grid.threadsX() % lanes == 0 ? 2 : 0);
        put(frame, Frame.FULL_END, row && !masked ? grid.threads() / lanes * lanes : 0);
        put(frame, Frame.RECORDS, frame + written.frameBytes());
        put(frame, Frame.WITHOUT_QUOTIENTS, 0);
        put(frame, Frame.ERROR, 0);
        for (int part = 0; part < written.parts(); part++) {
            Raw.UNSAFE.setMemory(
                    frame + Frame.pendingOffset(part, written.partBytes()), written.pendingBytes(), (byte) 0);
        }
        version.code.run(frame);
        long line = Raw.UNSAFE.getLong(frame + Frame.ERROR);
        if (line != 0) {
            throw new IllegalStateException("line " + line + ": threads that the mask of the operation names are not at"
                    + " this instruction; -D" + VectorTranslator.PROPERTY + "=false runs the kernel as bytecode");
        }
        Reference.reachabilityFence(version.memory);
    }

    private Version version(Grid grid) {
        int k = 0;
        while (versions.get(k).written.needsRows() && !versions.get(k).suits(grid)) {
            k++;
        }
        return versions.get(k);
    }

    private static void put(long frame, int offset, long value) {
        Raw.UNSAFE.putLong(frame + offset, value);
    }
}
