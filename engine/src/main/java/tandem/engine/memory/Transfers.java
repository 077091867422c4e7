package tandem.engine.memory;

import java.nio.ByteBuffer;
import tandem.engine.Memory;

/** The checks before bytes are copied; they are the same on every device. */
public final class Transfers {

    private Transfers() {}

    /**
     * Checks an upload.
     *
     * @throws IllegalArgumentException when the destination is smaller than the source
     * @throws IllegalStateException when the destination is closed
     */
    public static void requireUpload(ByteBuffer source, Memory destination, Allocations allocations) {
        if (source.remaining() > destination.bytes()) {
            throw new IllegalArgumentException(
                    "upload of " + source.remaining() + " bytes into a memory of " + destination.bytes());
        }
        if (source.hasRemaining()) {
            allocations.of(destination, "upload");
        }
    }

    /**
     * Checks a download.
     *
     * @throws IllegalArgumentException when the source is smaller than the destination, or the destination read-only
     * @throws IllegalStateException when the source is closed
     */
    public static void requireDownload(Memory source, ByteBuffer destination, Allocations allocations) {
        if (destination.remaining() > source.bytes()) {
            throw new IllegalArgumentException(
                    "download of " + destination.remaining() + " bytes from a memory of " + source.bytes());
        }
        if (destination.hasRemaining()) {
            allocations.of(source, "download");
            if (destination.isReadOnly()) {
                throw new IllegalArgumentException("cannot download into a read-only buffer");
            }
        }
    }

    /**
     * Checks the number of bytes once more before they are copied, as the caller's buffer belongs to no lock.
     *
     * @throws IllegalStateException when another thread has moved the buffer's position or limit since the first check
     */
    public static void requireUnchanged(int count, Memory memory) {
        if (count < 0 || count > memory.bytes()) {
            throw new IllegalStateException("another thread changed the buffer while it was copied");
        }
    }

    /**
     * Checks a copy within a device.
     *
     * @throws IllegalArgumentException when the lengths differ or the ranges overlap
     */
    public static void requireCopy(Memory source, Memory destination) {
        if (source.bytes() != destination.bytes()) {
            throw new IllegalArgumentException(
                    "copy of " + source.bytes() + " bytes to a memory of " + destination.bytes());
        }
        if (source.address() < destination.address() + destination.bytes()
                && destination.address() < source.address() + source.bytes()) {
            throw new IllegalArgumentException("copy between overlapping memories of " + source.bytes() + " bytes");
        }
    }
}
