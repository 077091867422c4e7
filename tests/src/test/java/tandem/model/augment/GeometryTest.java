package tandem.model.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

class GeometryTest {

    @Test
    void resizingMapsCornersToCorners() {
        Geometry g = Geometry.resize(640, 480);
        assertEquals(0, g.pictureX(0));
        assertEquals(640, g.pictureX(1));
        assertEquals(0.25, g.canvasY(120));
    }

    @Test
    void aWindowMapsItsEdgesToTheCanvasAndAFlipExchangesThem() {
        Geometry plain = Geometry.window(200, 100, 0.1, -0.2, 0.6, 1.3, false);
        assertEquals(20, plain.pictureX(0), 1e-12);
        assertEquals(120, plain.pictureX(1), 1e-12);
        assertEquals(-20, plain.pictureY(0), 1e-12);
        assertEquals(130, plain.pictureY(1), 1e-12);
        Geometry flipped = Geometry.window(200, 100, 0.1, -0.2, 0.6, 1.3, true);
        assertEquals(120, flipped.pictureX(0), 1e-12);
        assertEquals(20, flipped.pictureX(1), 1e-12);
        assertEquals(0.25, flipped.canvasX(95), 1e-12);
    }

    @Test
    void mappingThereAndBackChangesNothing() {
        Geometry g = Geometry.window(211, 97, -0.31, 0.07, 1.22, 0.83, true);
        for (double u = -0.5; u <= 1.5; u += 0.1) {
            assertEquals(u, g.canvasX(g.pictureX(u)), 1e-12);
            assertEquals(u, g.canvasY(g.pictureY(u)), 1e-12);
        }
    }

    @Test
    void predictedBoxesReturnToThePicture() {
        assertArrayEquals(new double[] {64, 48, 320, 480}, Geometry.resize(640, 480).pictureBox(new double[] {0.1, 0.1, 0.5, 1.2}, 640, 480), 1e-9);
        Geometry flipped = Geometry.window(200, 100, 0, 0, 1, 1, true);
        assertArrayEquals(new double[] {100, 10, 180, 50}, flipped.pictureBox(new double[] {0.1, 0.1, 0.5, 0.5}, 200, 100), 1e-9);
    }

    @Test
    void aCanvasWithoutExtentIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Geometry.window(10, 10, 0.5, 0, 0.5, 1, false));
    }
}
