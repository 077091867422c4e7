package tandem.engine.cpu;

import tandem.engine.LaunchArguments;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;
import tandem.kernels.Grid;
import tandem.kernels.translate.HostKernel;

/**
 * A kernel launch of a translated kernel. It measures itself: while all blocks take the caller less time than waking
 * other threads is worth, they stay with the caller. Blocks are independent, so the result does not depend on which
 * thread runs them. For checked mode see {@link CpuCheckedLaunch}.
 */
final class CpuLaunch extends BufferCommand implements WorkerPool.Task, CpuLanes.Alone {

    private static final long WORTH_SHARING_NANOSECONDS = 30_000;

    private final WorkerPool pool;
    private final HostKernel kernel;
    private final Grid grid;
    private final LaunchArguments arguments;
    private final long parameters;
    private final int blocks;
    private long oneThreadNanoseconds = Long.MAX_VALUE;

    CpuLaunch(Allocations owner, WorkerPool pool, HostKernel kernel, Grid grid, LaunchArguments arguments) {
        super(kernel.entry().name(), owner, arguments.memories());
        this.pool = pool;
        this.kernel = kernel;
        this.grid = grid;
        this.arguments = arguments;
        this.parameters = NativeMemory.addressOf(arguments.packed());
        this.blocks = Math.toIntExact(grid.blocks());
    }

    /** Whether the kernel gets faster after many runs, when HotSpot has compiled it. */
    boolean isBytecode() {
        return !kernel.isMachineCode();
    }

    @Override
    protected void execute() {
        boolean shared = blocks > 1 && oneThreadNanoseconds > WORTH_SHARING_NANOSECONDS;
        long start = System.nanoTime();
        if (shared) {
            pool.run(this, blocks);
        } else {
            run(0, blocks);
        }
        oneThreadNanoseconds = (System.nanoTime() - start) * (shared ? pool.threads() : 1);
        java.lang.ref.Reference.reachabilityFence(arguments);
    }

    @Override
    public void runAlone() {
        run(0, blocks);
        java.lang.ref.Reference.reachabilityFence(arguments);
    }

    @Override
    public void run(int first, int end) {
        kernel.run(grid, parameters, first, end);
    }
}
