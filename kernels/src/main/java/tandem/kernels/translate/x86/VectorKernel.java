package tandem.kernels.translate.x86;

import java.lang.ref.Reference;
import tandem.kernels.Grid;
import tandem.kernels.translate.machine.BlockContext;
import tandem.kernels.translate.machine.Raw;

/** A kernel as machine code. It may be run by many threads at once. */
public final class VectorKernel {

    private final ExecutableMemory memory;
    private final NativeCode code;
    private final int sharedBytes;
    private final int frameBytes;
    private final int pendingOffset;
    private final int pendingBytes;
    private final int recordBytes;
    private final boolean masked;

    VectorKernel(ExecutableMemory memory, int sharedBytes, Frame frame, int blocks, int recordBytes, boolean masked) {
        this.recordBytes = recordBytes;
        this.masked = masked;
        this.memory = memory;
        this.code = NativeBinding.bind(memory.address());
        this.sharedBytes = sharedBytes;
        this.frameBytes = frame.bytes();
        this.pendingOffset = frame.pendingOffset();
        this.pendingBytes = 32 * blocks;
    }

    /**
     * Runs blocks {@code first} to {@code end} (exclusive), counted with x fastest, in the calling thread.
     *
     * @param context of the calling thread
     * @param parameters address of the packed parameter block
     */
    public void run(BlockContext context, Grid grid, long parameters, int first, int end) {
        int groups = grid.threads() + 7 >> 3;
        context.reserve(sharedBytes, 0, frameBytes + (long) groups * recordBytes);
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
        put(frame, Frame.ROWS, masked ? 0 : row ? 1 : grid.threadsX() % 8 == 0 ? 2 : 0);
        put(frame, Frame.FULL_END, row && !masked ? grid.threads() & ~7 : 0);
        put(frame, Frame.RECORDS, frame + frameBytes);
        put(frame, Frame.WITHOUT_QUOTIENTS, 0);
        Raw.UNSAFE.setMemory(frame + pendingOffset, pendingBytes, (byte) 0);
        code.run(frame);
        Reference.reachabilityFence(memory);
    }

    private static void put(long frame, int offset, long value) {
        Raw.UNSAFE.putLong(frame + offset, value);
    }
}
