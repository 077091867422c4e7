package tandem.model.explain;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class MapValuesTest {

    @Test
    void gradCamFollowsItsFormula() {
        // Two cells of two channels. Mean gradients: (1 + 3) / 2 = 2 and (-4 + 2) / 2 = -1.
        MapValues map = new MapValues(2, 1, 2, new float[] {1, 5, 3, 2});
        MapValues gradient = new MapValues(2, 1, 2, new float[] {1, -4, 3, 2});
        // 2 - 5 < 0 and 6 - 2
        assertArrayEquals(new float[] {0, 4}, map.gradCam(gradient).values());
        assertArrayEquals(new float[] {3, 2.5f}, map.mean().values());
        assertArrayEquals(
                new float[] {(float) Math.sqrt(26), (float) Math.sqrt(13)},
                map.norm().values());
        assertThrows(IllegalArgumentException.class, () -> map.gradCam(new MapValues(1, 2, 2, new float[4])));
        assertThrows(IllegalArgumentException.class, () -> new MapValues(2, 1, 2, new float[3]));
    }

    @Test
    void heatIsStretchedWithHalfPixelCenters() {
        HeatValues heat = new HeatValues(2, 1, new float[] {0, 4});
        assertArrayEquals(
                new float[] {0, 1, 3, 4, 0, 1, 3, 4}, heat.resized(4, 2).values());
        assertArrayEquals(
                new float[] {7, 7, 7},
                new HeatValues(1, 1, new float[] {7}).resized(3, 1).values());
        assertArrayEquals(
                new float[] {10, 11, 13, 14},
                new HeatValues(4, 1, new float[] {10, 10, 10, 10}).plus(heat).values());
        assertEquals(4, heat.max());
        assertThrows(IllegalArgumentException.class, () -> new HeatValues(2, 2, new float[3]));
    }

    @Test
    void selectionsFollowTheirRules() {
        // Scores of class 1: 0.5, 0.73, 0.12
        float[] boxes = {9, 0, 9, 1, 9, -2};
        assertArrayEquals(
                new float[] {0, 1, 0, 1, 0, 0},
                ExplainedLogits.boxes(boxes, 2, 1).values());
        assertEquals(1 / (1 + Math.exp(-1)), ExplainedLogits.boxes(boxes, 2, 1).share(), 1e-12);
        float[] pixels = {1, 2, 0, 3, 1, 2.5f};
        assertArrayEquals(
                new float[] {0, 1, 0, 0, 0, 0},
                ExplainedLogits.pixels(pixels, 3, 1).values());
        assertEquals(0.5, ExplainedLogits.pixels(pixels, 3, 1).share());
        // class 2 is nowhere the largest, but nearest to it in the second cell
        assertArrayEquals(
                new float[] {0, 0, 0, 0, 0, 1},
                ExplainedLogits.pixels(pixels, 3, 2).values());
        assertEquals(0, ExplainedLogits.pixels(pixels, 3, 2).share());
    }
}
