package tandem.engine.memory;

import java.util.List;
import java.util.Objects;
import tandem.engine.Command;
import tandem.engine.DeviceLock;
import tandem.engine.Memory;

/**
 * A command that fails instead of running once a buffer it uses has been closed; the check is one comparison a run. It
 * is made, run and closed with the device's lock.
 */
public abstract class BufferCommand implements Command {

    private static final int CLOSED = -1;

    private final String name;
    private final Allocations owner;
    private final Allocation[] used;
    private int checkedAt;

    /**
     * Checks that all of {@code memories} (none of them null) lie in open buffers; those without bytes are not checked.
     */
    protected BufferCommand(String name, Allocations owner, List<Memory> memories) {
        this.name = name;
        this.owner = owner;
        this.used = memories.stream()
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
        DeviceLock lock = owner.lock();
        if (lock.isHeld()) {
            runWithLock();
            return;
        }
        lock.enter();
        try {
            runWithLock();
        } finally {
            lock.exit();
        }
    }

    private void runWithLock() {
        enter();
        if (checkedAt != owner.frees()) {
            requireBuffers();
        }
        execute();
    }

    /** Makes the calling thread ready for calls of the device; throws when the device is closed or lost. */
    protected void enter() {}

    /** Does the work, or puts it on the device's stream. Allocates nothing. */
    protected abstract void execute();

    @Override
    public final void requireBuffers() {
        int frees = owner.frees();
        if (checkedAt == frees) {
            return;
        }
        if (checkedAt == CLOSED) {
            throw new IllegalStateException(name + " belongs to a recording or device that is closed");
        }
        for (Allocation allocation : used) {
            if (!allocation.isOpen()) {
                throw new IllegalStateException(name + " uses " + allocation + ", which is closed");
            }
        }
        checkedAt = frees;
    }

    @Override
    public final void close() {
        owner.lock().enterToClose();
        try {
            if (checkedAt != CLOSED) {
                checkedAt = CLOSED;
                release();
            }
        } finally {
            owner.lock().exit();
        }
    }

    /** Frees what the command owns; called once. */
    protected void release() {}
}
