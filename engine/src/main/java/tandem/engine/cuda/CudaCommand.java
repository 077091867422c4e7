package tandem.engine.cuda;

import java.util.List;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;

/** Work for the stream of a GPU. */
abstract class CudaCommand extends BufferCommand {

    private final CudaContext context;

    /** Checks the memories; see {@link BufferCommand}. */
    CudaCommand(String name, CudaContext context, Allocations owner, List<Memory> memories) {
        super(name, owner, memories);
        this.context = context;
    }

    final CudaContext context() {
        return context;
    }

    @Override
    protected final void enter() {
        context.enter();
    }
}
