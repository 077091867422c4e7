package tandem.engine.operation;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Program;
import tandem.engine.Tensor;

/** Numbers of a test on their way to a device and back. */
public final class TestMemory {

    private TestMemory() {}

    /** Floats as bytes in native order. */
    public static ByteBuffer floats(float... values) {
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(Float.BYTES * values.length).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        return bytes;
    }

    /** Numbers from 0 to 255 as bytes. */
    public static ByteBuffer bytes(int... values) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(values.length);
        for (int i = 0; i < values.length; i++) {
            bytes.put(i, (byte) values[i]);
        }
        return bytes;
    }

    /** The floats of a tensor that the program kept. */
    public static float[] floats(Program program, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.nativeOrder());
        program.download(tensor, bytes.duplicate());
        return floats(bytes);
    }

    /** The bytes of a tensor that the program kept, as numbers from 0 to 255. */
    public static int[] bytes(Program program, Tensor tensor) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) tensor.bytes());
        program.download(tensor, bytes.duplicate());
        int[] values = new int[bytes.capacity()];
        for (int i = 0; i < values.length; i++) {
            values[i] = bytes.get(i) & 0xff;
        }
        return values;
    }

    /** The floats of a memory. */
    public static float[] floats(Device device, Memory memory) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) memory.bytes()).order(ByteOrder.nativeOrder());
        device.download(memory, bytes.duplicate());
        return floats(bytes);
    }

    private static float[] floats(ByteBuffer bytes) {
        float[] values = new float[bytes.capacity() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }
}
