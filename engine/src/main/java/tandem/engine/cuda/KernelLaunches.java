package tandem.engine.cuda;

import tandem.engine.LaunchArguments;
import tandem.engine.dnn.Launcher;
import tandem.engine.memory.Allocations;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/** Makes launches of kernels of the catalogue. */
final class KernelLaunches implements Launcher {

    private final CudaContext context;
    private final Allocations memory;
    private final CudaModules modules;

    KernelLaunches(CudaContext context, Allocations memory, CudaModules modules) {
        this.context = context;
        this.memory = memory;
        this.modules = modules;
    }

    @Override
    public CudaLaunch launch(KernelEntry entry, Grid grid, Object... arguments) {
        entry.requireBlock(grid);
        CudaModules.Kernel kernel = modules.kernel(entry);
        return new CudaLaunch(context, memory, kernel, grid, new LaunchArguments(kernel.entry(), arguments));
    }
}
