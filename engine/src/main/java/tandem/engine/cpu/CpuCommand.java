package tandem.engine.cpu;

import java.util.List;
import java.util.Objects;
import tandem.engine.Command;
import tandem.engine.Memory;

/** A command that refuses to run once a buffer it touches has been closed, which costs one comparison a run. */
abstract class CpuCommand implements Command, AutoCloseable {

    private final String name;
    private final Allocations owner;
    private final Allocation[] touched;
    private int checkedAt;
    private boolean closed;

    /**
     * Checks that all of {@code memories} (none of them null) lie in open buffers; those without bytes are not looked
     * at.
     */
    CpuCommand(String name, Allocations owner, List<Memory> memories) {
        this.name = name;
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

    @Override
    public final void run() {
        if (closed || checkedAt != owner.frees()) {
            check();
        }
        execute();
    }

    abstract void execute();

    private void check() {
        if (closed) {
            throw new IllegalStateException(name + " belongs to a recording or device that is closed");
        }
        for (Allocation allocation : touched) {
            if (!allocation.live) {
                throw new IllegalStateException(name + " uses the buffer '" + allocation.purpose + "' ("
                        + allocation.bytes + " bytes), which is closed");
            }
        }
        checkedAt = owner.frees();
    }

    /** Frees what the command holds; closing twice does nothing. */
    @Override
    public final void close() {
        if (!closed) {
            closed = true;
            release();
        }
    }

    void release() {}
}
