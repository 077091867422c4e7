package tandem.kernels.translate.machine;

import tandem.kernels.Grid;

/** Runs the blocks of a kernel one after another in the calling thread. */
public final class BlockRunner {

    private final KernelCode code;
    private final Scheduler scheduler;
    private final int sharedBytes;
    private final int localBytes;
    private final int recordBytes;

    /**
     * @param schedule the kernel's code and the points where its threads wait
     * @param sharedBytes shared memory of a block
     * @param localBytes local memory of a thread
     */
    public BlockRunner(Schedule schedule, int sharedBytes, int localBytes) {
        this.code = schedule.code();
        this.scheduler = schedule.suspensions().size() > 1 ? new Scheduler(schedule) : null;
        this.sharedBytes = sharedBytes;
        this.localBytes = localBytes;
        this.recordBytes = schedule.recordBytes();
    }

    /** Runs blocks {@code first} to {@code end} (exclusive), counted with x fastest; the parameters are already set. */
    public void run(BlockContext context, Grid grid, int first, int end) {
        int threads = grid.threads();
        context.reserve(
                (long) sharedBytes + grid.sharedBytes(), (long) localBytes * threads, (long) recordBytes * threads);
        context.nctaidX = grid.blocksX();
        context.nctaidY = grid.blocksY();
        context.nctaidZ = grid.blocksZ();
        context.ntidX = grid.threadsX();
        context.ntidY = grid.threadsY();
        context.ntidZ = grid.threadsZ();
        int[] order = context.order == null ? null : context.order.of(first, end);
        for (int i = first; i < end; i++) {
            int block = order == null ? i : order[i - first];
            context.ctaidX = block % grid.blocksX();
            context.ctaidY = block / grid.blocksX() % grid.blocksY();
            context.ctaidZ = block / grid.blocksX() / grid.blocksY();
            if (context.checked != null) {
                context.checked.blockStarted();
            }
            if (scheduler != null) {
                scheduler.run(context, threads);
            } else {
                runThreads(context, threads);
            }
            if (context.checked != null) {
                context.checked.blockFinished();
            }
        }
    }

    private void runThreads(BlockContext context, int threads) {
        if (context.order == null) {
            code.segment(0, context, 0, threads);
            return;
        }
        for (int thread : context.order.of(0, threads)) {
            code.segment(0, context, thread, thread + 1);
        }
    }
}
