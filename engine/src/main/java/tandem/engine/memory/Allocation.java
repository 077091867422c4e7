package tandem.engine.memory;

import tandem.engine.Memory;

/** One allocated block of a device's memory with its purpose. {@link Allocations} makes it and frees it. */
public final class Allocation {

    private final MemorySource.Block block;
    private final Memory memory;
    private final String purpose;
    private volatile boolean open = true;

    Allocation(MemorySource.Block block, long bytes, String purpose) {
        this.block = block;
        this.memory = new Memory(block.address(), bytes);
        this.purpose = purpose;
    }

    MemorySource.Block block() {
        return block;
    }

    /** All of it; not to be used after it was freed. */
    public Memory memory() {
        return memory;
    }

    /** Address of the first byte, on the host or on the device. */
    long address() {
        return memory.address();
    }

    /** Length in bytes as it was requested. */
    long bytes() {
        return memory.bytes();
    }

    /** What it is for, as messages show it. */
    String purpose() {
        return purpose;
    }

    /** Whether it has not been freed yet. */
    boolean isOpen() {
        return open;
    }

    void markFreed() {
        open = false;
    }

    /** The name that error messages use. */
    @Override
    public String toString() {
        return "the buffer '" + purpose + "' (" + memory.bytes() + " bytes)";
    }
}
