package tandem.engine.cpu;

import tandem.engine.LaunchArguments;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;
import tandem.kernels.Grid;
import tandem.kernels.translate.HostKernel;

/**
 * A kernel launch of a translated kernel. Blocks are independent, so the result does not depend on which thread runs
 * them. For checked mode see {@link CpuCheckedLaunch}.
 */
final class CpuLaunch extends BufferCommand implements WorkerPool.Task {

    private final HostKernel kernel;
    private final Grid grid;
    private final LaunchArguments arguments;
    private final long parameters;
    private final SharedWork work;

    CpuLaunch(Allocations owner, WorkerPool pool, HostKernel kernel, Grid grid, LaunchArguments arguments) {
        super(kernel.entry().name(), owner, arguments.memories());
        this.kernel = kernel;
        this.grid = grid;
        this.arguments = arguments;
        this.parameters = NativeMemory.addressOf(arguments.packed());
        this.work = new SharedWork(pool, this, Math.toIntExact(grid.blocks()));
    }

    /** Whether the kernel gets faster after many runs, when HotSpot has compiled it. */
    boolean isBytecode() {
        return !kernel.isMachineCode();
    }

    @Override
    protected void execute() {
        work.run();
        java.lang.ref.Reference.reachabilityFence(arguments);
    }

    @Override
    public void run(int first, int end) {
        kernel.run(grid, parameters, first, end);
    }
}
