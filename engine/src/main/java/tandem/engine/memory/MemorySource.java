package tandem.engine.memory;

import tandem.engine.DeviceOutOfMemoryException;

/** Allocates and frees the memory of one device. {@link Allocations} calls it and keeps the table of what is open. */
public interface MemorySource {

    /**
     * What one call of {@link #allocate} returned.
     *
     * @param handle what the device needs to free the block
     * @param address first byte that may be used, a multiple of 256
     */
    record Block(long handle, long address) {}

    /** The device's name in error messages, such as {@code cuda:0 (NVIDIA L4)}. */
    String device();

    /** Maximum number of bytes that may be allocated at one time. */
    long limit();

    /** Whether the limit allows {@code bytes} more when {@code total} are allocated. */
    default boolean hasRoom(long bytes, long total) {
        return bytes <= limit() - total;
    }

    /** A description of the limit, for the message when it is reached. */
    default String describeLimit() {
        return "the limit is " + limit() + " bytes";
    }

    /**
     * Allocates zeroed memory.
     *
     * @param bytes 0 or more
     * @throws DeviceOutOfMemoryException when the device has too little; the message states how much there is, without
     *     the device's name
     */
    Block allocate(long bytes);

    /** Frees a block; the device may be closing. */
    void free(Block block);

    /** What a user can do when memory runs out, beside a smaller batch or image size; empty for nothing. */
    String advice();
}
