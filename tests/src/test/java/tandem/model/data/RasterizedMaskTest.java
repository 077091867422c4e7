package tandem.model.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Masks are stored as runs; every mask comes back as it was. */
class RasterizedMaskTest {

    private static final Path FILE = Path.of("instances.json");

    private static void check(byte[] mask, int width) {
        byte[] copy = mask.clone();
        int height = mask.length / width;
        RasterizedMask stored = new RasterizedMask(FILE, 3, mask, width, height);
        Arrays.fill(mask, (byte) 7);
        assertArrayEquals(copy, stored.read(width, height));
        long[] counts = new long[256];
        for (byte value : copy) {
            counts[value & 0xFF]++;
        }
        assertEquals(List.of(counts[0], counts[1], counts[2], counts[3]), stored.pixels());
        assertEquals(counts[255], stored.ignored());
        assertEquals(ClassMask.checksum(copy), stored.checksum());
    }

    /** The limits of one, two and three groups of seven bits. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 126, 127, 128, 129, 16_383, 16_384, 16_385, 2_097_151, 2_097_152, 2_097_153})
    void runsOfEveryLength(int length) {
        byte[] only = new byte[length];
        Arrays.fill(only, (byte) 2);
        check(only, length);
        byte[] between = new byte[length + 2];
        Arrays.fill(between, 1, length + 1, (byte) 255);
        check(between, length + 2);
    }

    @Test
    void changingPixels() {
        SplittableRandom random = new SplittableRandom(4);
        for (int width : new int[] {1, 7, 64}) {
            byte[] mask = new byte[width * 61];
            for (int i = 0; i < mask.length; i++) {
                mask[i] = (byte) new int[] {0, 1, 2, 3, 255}[random.nextInt(5)];
            }
            check(mask, width);
        }
    }
}
