package tandem.bench;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.SplittableRandom;
import tandem.engine.Buffer;
import tandem.engine.Device;
import tandem.engine.Memory;

/** Arrays for benchmarks: uniform in [-1, 1), the same in every run. */
final class Operands {

    private Operands() {}

    /** {@code count} random numbers; {@code seed} determines them. */
    static float[] random(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = (float) (random.nextDouble() * 2 - 1);
        }
        return values;
    }

    /** Copies values to a new buffer of the device. */
    static Buffer upload(Device device, float[] values) {
        Buffer buffer = device.allocate((long) values.length * Float.BYTES, "benchmark");
        ByteBuffer bytes =
                ByteBuffer.allocateDirect(values.length * Float.BYTES).order(ByteOrder.nativeOrder());
        bytes.asFloatBuffer().put(values);
        device.upload(bytes, buffer.memory());
        return buffer;
    }

    /** Copies floats from the device. */
    static float[] download(Device device, Memory memory) {
        ByteBuffer bytes = ByteBuffer.allocateDirect((int) memory.bytes()).order(ByteOrder.nativeOrder());
        device.download(memory, bytes);
        float[] values = new float[(int) memory.bytes() / Float.BYTES];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    /**
     * Throws unless two results agree within {@code tolerance}, relative to the largest magnitude of the expected ones.
     */
    static void requireClose(String what, float[] actual, float[] expected, double tolerance) {
        if (actual.length != expected.length) {
            throw new IllegalStateException(what + ": " + actual.length + " values, expected " + expected.length);
        }
        double scale = 0;
        for (float value : expected) {
            scale = Math.max(scale, Math.abs(value));
        }
        for (int i = 0; i < actual.length; i++) {
            if (!(Math.abs(actual[i] - expected[i]) <= tolerance * scale)) {
                throw new IllegalStateException(
                        what + ": element " + i + " is " + actual[i] + ", expected " + expected[i]);
            }
        }
    }
}
