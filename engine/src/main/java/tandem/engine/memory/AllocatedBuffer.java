package tandem.engine.memory;

import tandem.engine.Buffer;
import tandem.engine.Memory;

/** A buffer that owns one allocation. */
final class AllocatedBuffer implements Buffer {

    private final Allocations owner;
    private final Allocation allocation;

    AllocatedBuffer(Allocations owner, Allocation allocation) {
        this.owner = owner;
        this.allocation = allocation;
    }

    @Override
    public Memory memory() {
        if (!allocation.isOpen()) {
            throw new IllegalStateException(allocation + " is closed");
        }
        return allocation.memory();
    }

    @Override
    public void close() {
        owner.lock().enterToClose();
        try {
            owner.free(allocation);
        } finally {
            owner.lock().exit();
        }
    }
}
