package tandem.engine.cuda;

import java.util.List;
import java.util.Objects;
import tandem.engine.Memory;

/**
 * Work for the stream that refuses to run once a buffer it touches has been closed, which costs one comparison a run.
 */
abstract class CudaCommand implements GuardedCommand {

    private final String name;
    private final CudaContext context;
    private final DeviceMemory owner;
    private final Allocation[] touched;
    private int checkedAt;

    /**
     * Checks that all of {@code memories} (none of them null) lie in open buffers; those without bytes are not looked
     * at.
     */
    CudaCommand(String name, CudaContext context, DeviceMemory owner, List<Memory> memories) {
        this.name = name;
        this.context = context;
        this.owner = owner;
        this.touched = memories.stream()
                .filter(memory -> memory.bytes() > 0)
                .map(memory -> owner.of(Objects.requireNonNull(memory), name))
                .distinct()
                .toArray(Allocation[]::new);
        this.checkedAt = owner.frees();
    }

    @Override
    public final String name() {
        return name;
    }

    final CudaContext context() {
        return context;
    }

    @Override
    public final void run() {
        context.enter();
        requireBuffers();
        execute();
    }

    @Override
    public final void requireBuffers() {
        if (checkedAt == owner.frees()) {
            return;
        }
        for (Allocation allocation : touched) {
            if (!allocation.live) {
                throw new IllegalStateException(name + " uses the buffer '" + allocation.purpose + "' ("
                        + allocation.bytes + " bytes), which is closed");
            }
        }
        checkedAt = owner.frees();
    }

    /** Puts the work on the stream. */
    abstract void execute();
}
