package tandem.model.detection;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnchorsTest {

    private static float[] anchor(Anchors anchors, int i) {
        return Arrays.copyOfRange(anchors.values(), 4 * i, 4 * i + 4);
    }

    @Test
    void agreeWithThePublishedOnes() {
        Anchors anchors = PublishedCase.ANCHORS;
        assertEquals(12_750, anchors.count());
        float[][] sides = {
            {.075f, .075f},
            {.10606602f, .05303301f},
            {.05303301f, .10606602f},
            {.10606602f, .10606602f},
            {.15f, .075f},
            {.075f, .15f}
        };
        for (int i = 0; i < 6; i++) {
            assertArrayEquals(new float[] {.0125f, .0125f, sides[i][0], sides[i][1]}, anchor(anchors, i), 1e-7f);
        }
        assertArrayEquals(new float[] {.025f, .025f, .15f, .15f}, anchor(anchors, 9600), 1e-7f);
        assertArrayEquals(new float[] {.05f, .05f, .3f, .3f}, anchor(anchors, 12_000), 1e-7f);
        assertArrayEquals(new float[] {.9f, .9f, .6f, 1}, anchor(anchors, 12_749), 1e-7f);
        double[] sums = new double[4];
        for (int i = 0; i < anchors.values().length; i++) {
            sums[i % 4] += anchors.values()[i];
        }
        assertArrayEquals(new double[] {6375, 6375, 1690.49517, 1690.49517}, sums, 1e-3);
    }

    @ParameterizedTest
    @CsvSource({"256, 4, 8160", "320, 4, 12750", "384, 4, 18360", "384, 5, 18414", "512, 5, 32736", "640, 5, 51150"})
    void areAsManyAsPublished(int side, int levels, int expected) {
        assertEquals(
                expected,
                Anchors.of(side, side, List.of(8, 16, 32, 64, 128).subList(0, levels))
                        .count());
    }

    @Test
    void keepTheirSizeInPixelsOnAWideInput() {
        Anchors anchors = Anchors.of(96, 32, List.of(8, 64));
        assertEquals((12 * 4 + 2 * 1) * 6, anchors.count());
        assertArrayEquals(new float[] {.5f / 12, .125f, 24f / 96, 24f / 32}, anchor(anchors, 0), 1e-7f);
        // second row, third column, wide anchor of the smaller size
        int wide = (1 * 12 + 2) * 6 + 1;
        assertArrayEquals(
                new float[] {2.5f / 12, .375f, (float) (24 * Math.sqrt(2) / 96), (float) (24 / Math.sqrt(2) / 32)},
                anchor(anchors, wide),
                1e-7f);
        // stride 64: two columns, one row, 192 pixels cut to the whole input
        assertArrayEquals(new float[] {.25f, .5f, 1, 1}, anchor(anchors, 48 * 6), 1e-7f);
    }

    @Test
    void smallestInput() {
        assertEquals(
                (16 + 4 + 1 + 1) * 6, Anchors.of(32, 32, List.of(8, 16, 32, 64)).count());
    }

    @Test
    void refuseWhatTheNetworkCannotTake() {
        assertTrue(assertThrows(IllegalArgumentException.class, () -> Anchors.of(320, 300, List.of(8)))
                .getMessage()
                .contains("320 x 300"));
        assertThrows(IllegalArgumentException.class, () -> Anchors.of(0, 32, List.of(8)));
        assertThrows(IllegalArgumentException.class, () -> Anchors.of(32, 32, List.of()));
        assertThrows(IllegalArgumentException.class, () -> Anchors.of(32, 32, List.of(8, 0)));
        assertThrows(IllegalArgumentException.class, () -> Anchors.of(32, 32, Float.NaN, List.of(8)));
    }
}
