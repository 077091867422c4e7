package tandem.engine.cuda;

import tandem.engine.LaunchArguments;
import tandem.engine.memory.Allocations;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/** Makes launches of kernels of the catalogue, for the operations that are kernels here and library calls elsewhere. */
final class KernelLaunches {

    private final CudaContext context;
    private final Allocations memory;
    private final CudaModules modules;

    KernelLaunches(CudaContext context, Allocations memory, CudaModules modules) {
        this.context = context;
        this.memory = memory;
        this.modules = modules;
    }

    CudaLaunch of(KernelEntry entry, Grid grid, Object... arguments) {
        entry.requireBlock(grid);
        CudaModules.Kernel kernel = modules.kernel(entry);
        return new CudaLaunch(context, memory, kernel, grid, new LaunchArguments(kernel.entry(), arguments));
    }

    CudaLaunch of(String entry, Grid grid, Object... arguments) {
        return of(Catalogue.find(entry), grid, arguments);
    }

    /** A thread for each of {@code elements} elements. */
    CudaLaunch of(String entry, long elements, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        return of(kernel, kernel.elements(elements), arguments);
    }
}
