package tandem.engine.cuda;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import jcuda.Pointer;
import jcuda.driver.JCudaDriver;
import tandem.engine.LaunchArguments;
import tandem.engine.memory.Allocations;
import tandem.kernels.Grid;

/** A kernel launch with its arguments packed once, in direct memory. */
final class CudaLaunch extends CudaCommand {

    private final CudaModules.Kernel kernel;
    private final Grid grid;
    private final LaunchArguments arguments;
    private final ByteBuffer size = ByteBuffer.allocateDirect(Long.BYTES).order(ByteOrder.nativeOrder());
    private final Pointer extra;
    private final String call;

    CudaLaunch(
            CudaContext context, Allocations owner, CudaModules.Kernel kernel, Grid grid, LaunchArguments arguments) {
        super(kernel.entry().name(), context, owner, arguments.memories());
        this.kernel = kernel;
        this.grid = grid;
        this.arguments = arguments;
        this.call = "launch of " + kernel.entry().name();
        size.putLong(0, kernel.entry().parameterBytes());
        this.extra = kernel.entry().parameterBytes() == 0
                ? null
                : Pointer.to(
                        JCudaDriver.CU_LAUNCH_PARAM_BUFFER_POINTER,
                        Pointer.to(arguments.packed()),
                        JCudaDriver.CU_LAUNCH_PARAM_BUFFER_SIZE,
                        Pointer.to(size),
                        JCudaDriver.CU_LAUNCH_PARAM_END);
    }

    @Override
    protected void execute() {
        context()
                .check(
                        JCudaDriver.cuLaunchKernel(
                                kernel.function(),
                                grid.blocksX(),
                                grid.blocksY(),
                                grid.blocksZ(),
                                grid.threadsX(),
                                grid.threadsY(),
                                grid.threadsZ(),
                                grid.sharedBytes(),
                                context().stream(),
                                null,
                                extra),
                        call);
    }
}
