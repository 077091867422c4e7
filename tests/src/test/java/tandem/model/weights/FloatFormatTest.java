package tandem.model.weights;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FloatFormatTest {

    /** From the definition: sign, 5 bits of exponent with a bias of 15, 10 bits of fraction. */
    private static double half(int bits) {
        int exponent = bits >> 10 & 31;
        int fraction = bits & 1023;
        double size = exponent == 0
                ? fraction * Math.pow(2, -24)
                : exponent == 31
                        ? fraction == 0 ? Double.POSITIVE_INFINITY : Double.NaN
                        : (1 + fraction / 1024.0) * Math.pow(2, exponent - 15);
        return (bits & 0x8000) == 0 ? size : -size;
    }

    @Test
    void everyHalfIsReadAndWritten() {
        for (int bits = 0; bits < 1 << 16; bits++) {
            float value = FloatFormat.fromHalf((short) bits);
            assertEquals(half(bits), value);
            if (!Float.isNaN(value)) {
                assertEquals((short) bits, FloatFormat.toHalf(value));
            }
        }
        assertTrue(Float.isNaN(FloatFormat.fromHalf(FloatFormat.toHalf(Float.NaN))));
    }

    @Test
    void halfIsTheNearestAndEvenInTheMiddle() {
        SplittableRandom random = new SplittableRandom(3);
        for (int bits = 0; bits < 0x7BFF; bits++) {
            double low = half(bits);
            double high = half(bits + 1);
            float middle = (float) ((low + high) / 2);
            assertEquals((bits & 1) == 0 ? bits : bits + 1, FloatFormat.toHalf(middle));
            assertEquals(bits, FloatFormat.toHalf(Math.nextDown(middle)));
            assertEquals(bits + 1, FloatFormat.toHalf(Math.nextUp(middle)));
            float between = (float) (low + (high - low) * random.nextDouble());
            if (between != middle) {
                assertEquals(between < middle ? bits : bits + 1, FloatFormat.toHalf(between));
            }
        }
        assertEquals(0x7BFF, FloatFormat.toHalf(65519.99f));
        assertEquals(0x7C00, FloatFormat.toHalf(65520));
        assertEquals((short) 0xFC00, FloatFormat.toHalf(-1e30f));
    }

    @Test
    void bfloat16IsTheNearestAndEvenInTheMiddle() {
        ByteBuffer bytes = ByteBuffer.allocate(2);
        for (int upper = 0; upper < 0x7F80; upper += 7) {
            for (int lower : new int[] {0, 1, 0x7FFF, 0x8000, 0x8001, 0xFFFF}) {
                FloatFormat.BF16.put(bytes, 0, Float.intBitsToFloat(upper << 16 | lower));
                int expected = upper + (lower > 0x8000 || lower == 0x8000 && (upper & 1) == 1 ? 1 : 0);
                assertEquals(expected, bytes.getShort(0) & 0xFFFF);
                assertEquals(Float.intBitsToFloat(expected << 16), FloatFormat.BF16.get(bytes, 0));
            }
        }
        FloatFormat.BF16.put(bytes, 0, Float.intBitsToFloat(0x7F800001));
        assertTrue(Float.isNaN(FloatFormat.BF16.get(bytes, 0)));
    }

    @Test
    void fileHasEachFormat(@TempDir Path folder) throws Exception {
        float[] values = {0, 1, -2.5f, 0.333f, 70000, 1e-7f};
        SafetensorsWriter writer = new SafetensorsWriter();
        for (FloatFormat format : FloatFormat.values()) {
            writer.add(format.name(), new int[] {2, 3}, format, () -> values);
        }
        Path file = folder.resolve("formats.safetensors");
        writer.write(file);
        try (SafetensorsReader reader = SafetensorsReader.open(file)) {
            assertArrayEquals(values, reader.readAnyFloat("F64", 2, 3));
            assertArrayEquals(values, reader.readAnyFloat("F32", 2, 3));
            assertArrayEquals(
                    new float[] {0, 1, -2.5f, 0.33300781f, Float.POSITIVE_INFINITY, 1.1920929e-7f},
                    reader.readAnyFloat("F16", 2, 3));
            assertArrayEquals(
                    new float[] {0, 1, -2.5f, 0.33203125f, 70144, 1.00117e-7f},
                    reader.readAnyFloat("BF16", 2, 3),
                    1e-12f);
            String message = assertThrows(WeightsException.class, () -> reader.readAnyFloat("F16", 6))
                    .getMessage();
            assertTrue(message.contains("has shape [2, 3], expected [6]"), message);
        }
    }
}
