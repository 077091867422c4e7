package tandem.model.quantization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.FloatBuffer;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import tandem.model.network.QuantizedLayers.Range;

class ActivationHistogramTest {

    private static Optional<Range> range(float[]... batches) {
        ActivationHistogram histogram = new ActivationHistogram();
        for (float[] batch : batches) {
            histogram.add(FloatBuffer.wrap(batch));
        }
        return histogram.range();
    }

    private static float[] uniform(double low, double high) {
        Random random = new Random(3);
        float[] values = new float[20_000];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (low + (high - low) * random.nextDouble());
        }
        return values;
    }

    @Test
    void uniformValuesNeedTheirWholeRange() {
        Range range = range(uniform(-1, 3)).orElseThrow();
        assertEquals(-1, range.low(), 0.01);
        assertEquals(3, range.high(), 0.01);
    }

    /** The bins become wider when later values are larger. */
    @Test
    void batchesCountTogether() {
        assertEquals(9, range(uniform(0, 1), uniform(0, 9)).orElseThrow().high(), 0.01);
        assertEquals(9, range(uniform(0, 9), uniform(0, 1)).orElseThrow().high(), 0.01);
        assertEquals(-9, range(uniform(0, 1), uniform(-9, 0)).orElseThrow().low(), 0.01);
    }

    /**
     * 20,000 values up to 1 and one of 3. A range up to h gives an error of 20,000 (h / 255)^2 / 12 + (3 - h)^2, which
     * is least at h = 3 / (1 + 20,000 / 12 / 255^2) = 2.925.
     */
    @Test
    void aSingleOutlierIsClippedAsFarAsThatPays() {
        assertEquals(2.925, range(uniform(0, 1), new float[] {3}).orElseThrow().high(), 0.04);
        float[] many = new float[400_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = i / (float) many.length;
        }
        assertEquals(
                3 / (1 + 400_000 / 12.0 / 65_025),
                range(many, new float[] {3}).orElseThrow().high(),
                0.04);
    }

    @Test
    void zerosAreExactAndAloneNoRange() {
        assertEquals(Optional.empty(), range(new float[100]));
        Range range = range(new float[100_000], uniform(0, 2)).orElseThrow();
        assertEquals(2, range.high(), 0.01);
        assertEquals(0f, range.low());
        assertTrue(1 / range.low() > 0, "a range that starts at -0");
    }

    @Test
    void valuesThatAreNotFiniteAreRefused() {
        assertThrows(IllegalArgumentException.class, () -> range(new float[] {1, Float.POSITIVE_INFINITY}));
    }
}
