package tandem.engine.cpu;

import tandem.engine.Buffer;
import tandem.engine.Memory;

/** One allocation of native memory. */
final class CpuBuffer implements Buffer {

    private final Allocations owner;
    private final Allocation allocation;
    private final Memory memory;

    CpuBuffer(Allocations owner, Allocation allocation) {
        this.owner = owner;
        this.allocation = allocation;
        this.memory = new Memory(allocation.address, allocation.bytes);
    }

    @Override
    public Memory memory() {
        if (!allocation.live) {
            throw new IllegalStateException(
                    "the buffer '" + allocation.purpose + "' (" + allocation.bytes + " bytes) is closed");
        }
        return memory;
    }

    @Override
    public void close() {
        owner.free(allocation);
    }
}
