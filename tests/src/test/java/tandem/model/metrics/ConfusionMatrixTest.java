package tandem.model.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ConfusionMatrixTest {

    private static byte[] bytes(int... values) {
        byte[] result = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (byte) values[i];
        }
        return result;
    }

    @Test
    void figuresWorkedByHand() {
        ConfusionMatrix matrix = new ConfusionMatrix(4, 255);
        matrix.add(bytes(0, 0, 1, 1, 2, 3), bytes(0, 0, 0, 1, 2, 255));
        matrix.add(bytes(2, 3), bytes(1, 0));
        // Truth: class 0 four pixels, 1 two, 2 one, 3 none. Right: two, one, one.
        assertEquals(7, matrix.pixels());
        assertEquals(2 / 4.0, matrix.intersectionOverUnion(0), 1e-15);
        assertEquals(1 / 3.0, matrix.intersectionOverUnion(1), 1e-15);
        assertEquals(1 / 2.0, matrix.intersectionOverUnion(2), 1e-15);
        assertTrue(Double.isNaN(matrix.intersectionOverUnion(3)));
        assertEquals((0.5 + 1 / 3.0 + 0.5) / 3, matrix.meanIntersectionOverUnion(), 1e-15);
        assertEquals(4 / 7.0, matrix.pixelAccuracy(), 1e-15);
        assertEquals((0.5 + 0.5 + 1) / 3, matrix.meanAccuracy(), 1e-15);
        assertEquals((4 * 0.5 + 2 / 3.0 + 0.5) / 7, matrix.frequencyWeightedIntersectionOverUnion(), 1e-15);
        assertEquals(1, matrix.predictedPixels(3));
        assertEquals(1, matrix.count(0, 3));
    }

    @Test
    void nothingCounted() {
        ConfusionMatrix matrix = new ConfusionMatrix(2, 255);
        matrix.add(bytes(0, 1), bytes(255, 255));
        assertTrue(Double.isNaN(matrix.meanIntersectionOverUnion()));
        assertTrue(Double.isNaN(matrix.pixelAccuracy()));
        assertTrue(Double.isNaN(matrix.meanAccuracy()));
        assertTrue(Double.isNaN(matrix.frequencyWeightedIntersectionOverUnion()));
    }

    @Test
    void badInputIsNamedAndNotCounted() {
        ConfusionMatrix matrix = new ConfusionMatrix(2, 255);
        assertTrue(message(matrix, bytes(0), bytes(0, 1)).contains("1 pixels, the true one 2"));
        assertTrue(message(matrix, bytes(0, 1), bytes(0, 7)).contains("pixel 1: true mask value 7, expected 0 to 1"));
        assertTrue(message(matrix, bytes(0, 200), bytes(0, 1)).contains("pixel 1: predicted mask value 200"));
        assertEquals(0, matrix.pixels());
        assertThrows(IllegalArgumentException.class, () -> new ConfusionMatrix(0, 255));
    }

    private static String message(ConfusionMatrix matrix, byte[] predicted, byte[] truth) {
        return assertThrows(IllegalArgumentException.class, () -> matrix.add(predicted, truth))
                .getMessage();
    }
}
