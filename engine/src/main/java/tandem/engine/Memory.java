package tandem.engine;

/**
 * A range of a device's memory; a view that owns nothing. Its address is a host address on the CPU and a device address
 * on a GPU.
 *
 * @param address first byte
 * @param bytes length, 0 or more
 */
public record Memory(long address, long bytes) {

    /** A memory of no bytes, for arguments that are not there. */
    public static final Memory NONE = new Memory(0, 0);

    /**
     * Every buffer, and every tensor within a buffer, starts at a multiple of this many bytes: what CUDA's own
     * allocations guarantee, and a multiple of a cache line.
     */
    public static final long ALIGNMENT = 256;

    /** {@code bytes} rounded up to a multiple of {@link #ALIGNMENT}: where the next tensor in a buffer may start. */
    public static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }

    /** The part that starts {@code offset} bytes in and has {@code length} bytes. */
    public Memory slice(long offset, long length) {
        if (offset < 0 || length < 0 || offset + length > bytes) {
            throw new IndexOutOfBoundsException(
                    "slice of " + length + " bytes at " + offset + " from a memory of " + bytes);
        }
        return new Memory(address + offset, length);
    }
}
