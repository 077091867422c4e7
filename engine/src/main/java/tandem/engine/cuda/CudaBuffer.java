package tandem.engine.cuda;

import tandem.engine.Buffer;
import tandem.engine.Memory;

/** One allocation of device memory. */
final class CudaBuffer implements Buffer {

    private final DeviceMemory owner;
    private final Allocation allocation;
    private final Memory memory;

    CudaBuffer(DeviceMemory owner, Allocation allocation) {
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
