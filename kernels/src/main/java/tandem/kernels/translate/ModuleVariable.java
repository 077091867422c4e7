package tandem.kernels.translate;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tandem.kernels.translate.machine.Raw;

/**
 * A {@code __device__} or {@code __constant__} variable of a module, which all kernels translated from it share.
 *
 * @param name in the PTX
 * @param space {@code global} or {@code const}
 * @param address native address, valid as long as a kernel of the module exists
 * @param bytes size
 */
public record ModuleVariable(String name, String space, long address, long bytes) {

    /**
     * Sets its first bytes.
     *
     * @throws IllegalArgumentException when there are more than the variable has
     */
    public void write(ByteBuffer contents) {
        if (contents.remaining() > bytes) {
            throw new IllegalArgumentException(
                    contents.remaining() + " bytes for variable " + name + ", which has " + bytes);
        }
        for (int i = 0; i < contents.remaining(); i++) {
            Raw.UNSAFE.putByte(address + i, contents.get(contents.position() + i));
        }
    }

    /** A copy of its bytes, in the order of the machine. */
    public ByteBuffer read() {
        ByteBuffer contents = ByteBuffer.allocate(Math.toIntExact(bytes)).order(ByteOrder.nativeOrder());
        for (int i = 0; i < bytes; i++) {
            contents.put(i, Raw.UNSAFE.getByte(address + i));
        }
        return contents;
    }
}
