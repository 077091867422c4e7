package tandem.engine.cpu;

import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import sun.misc.Unsafe;
import tandem.engine.Memory;
import tandem.engine.memory.Transfers;

/** Reads and writes raw host addresses. */
final class NativeMemory {

    static final Unsafe UNSAFE = unsafe();
    private static final long BUFFER_ADDRESS = bufferAddressOffset();

    private NativeMemory() {}

    private static Unsafe unsafe() {
        try {
            Field field = Unsafe.class.getDeclaredField("theUnsafe");
            field.setAccessible(true);
            return (Unsafe) field.get(null);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private static long bufferAddressOffset() {
        try {
            return UNSAFE.objectFieldOffset(java.nio.Buffer.class.getDeclaredField("address"));
        } catch (NoSuchFieldException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** The address of byte 0 of a direct buffer (not of its position). */
    static long addressOf(ByteBuffer direct) {
        return UNSAFE.getLong(direct, BUFFER_ADDRESS);
    }

    /** Copies the remaining bytes of {@code source} to a memory that has room for them; the buffer's position stays. */
    static void write(ByteBuffer source, Memory memory) {
        long address = memory.address();
        int position = source.position();
        int count = source.limit() - position;
        Transfers.requireUnchanged(count, memory);
        if (source.isDirect()) {
            UNSAFE.copyMemory(addressOf(source) + position, address, count);
        } else if (source.hasArray()) {
            UNSAFE.copyMemory(
                    source.array(),
                    Unsafe.ARRAY_BYTE_BASE_OFFSET + source.arrayOffset() + position,
                    null,
                    address,
                    count);
        } else {
            for (int i = 0; i < count; i++) {
                UNSAFE.putByte(address + i, source.get(position + i));
            }
        }
    }

    /** Fills the remaining bytes of {@code destination} from a memory that has as many; the buffer's position stays. */
    static void read(Memory memory, ByteBuffer destination) {
        long address = memory.address();
        int position = destination.position();
        int count = destination.limit() - position;
        Transfers.requireUnchanged(count, memory);
        if (destination.isDirect()) {
            UNSAFE.copyMemory(address, addressOf(destination) + position, count);
        } else {
            UNSAFE.copyMemory(
                    null,
                    address,
                    destination.array(),
                    Unsafe.ARRAY_BYTE_BASE_OFFSET + destination.arrayOffset() + position,
                    count);
        }
    }
}
