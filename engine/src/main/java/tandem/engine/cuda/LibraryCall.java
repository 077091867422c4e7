package tandem.engine.cuda;

import java.util.List;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;

/** A call of cuDNN's or cuBLAS's with all its arguments fixed. */
final class LibraryCall extends CudaCommand {

    private final Runnable call;

    LibraryCall(String name, CudaContext context, Allocations owner, List<Memory> memories, Runnable call) {
        super(name, context, owner, memories);
        this.call = call;
    }

    @Override
    protected void execute() {
        call.run();
    }
}
