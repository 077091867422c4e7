package tandem.model.weak;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.model.settings.Confidence;

class ConfidenceTest {

    @Test
    void aClassHasItsOwnThresholdOrTheCommonOne() {
        Confidence confidence = Confidence.above(0.5f).withClasses(Map.of("b", 0.8f));
        assertArrayEquals(
                new float[] {0.5f, 0.8f},
                ClassThresholds.of(confidence, List.of("a", "b"), new long[2][ClassThresholds.BINS]));
    }

    @ParameterizedTest
    @CsvSource({"0.25, 0.1", "0.5, 0.1", "0.9, 0.3", "0.5, 0"})
    void aQuantileKeepsTheSameShareOfEachClass(float quantile, float least) {
        SplittableRandom random = new SplittableRandom(1);
        long[][] counts = new long[2][ClassThresholds.BINS];
        float[][] values = new float[2][100_000];
        for (int i = 0; i < 100_000; i++) {
            values[0][i] = (float) random.nextDouble();
            values[1][i] = (float) (random.nextDouble() * random.nextDouble());
            counts[0][ClassThresholds.bin(values[0][i])]++;
            counts[1][ClassThresholds.bin(values[1][i])]++;
        }
        float[] thresholds =
                ClassThresholds.of(Confidence.above(least).withQuantile(quantile), List.of("a", "b"), counts);
        for (int k = 0; k < 2; k++) {
            int candidates = 0;
            int kept = 0;
            for (float value : values[k]) {
                candidates += value >= least ? 1 : 0;
                kept += value >= thresholds[k] ? 1 : 0;
            }
            // A thousandth of the range holds at most about 1 % of the candidates.
            assertEquals(1 - quantile, kept / (double) candidates, 0.011);
        }
    }

    @Test
    void aClassWithoutCandidatesKeepsItsThreshold() {
        assertArrayEquals(
                new float[] {0.7f},
                ClassThresholds.of(
                        Confidence.above(0.7f).withQuantile(0.5f), List.of("a"), new long[1][ClassThresholds.BINS]),
                1e-6f);
    }

    @Test
    void whatIsNoShareIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> Confidence.above(1.1f));
        assertThrows(IllegalArgumentException.class, () -> Confidence.above(Float.NaN));
        assertThrows(
                IllegalArgumentException.class, () -> Confidence.above(0.5f).withQuantile(1));
        assertThrows(
                IllegalArgumentException.class, () -> Confidence.above(0.5f).withClasses(Map.of("a", -1f)));
    }

    @Test
    void aRampRisesLinearlyAfterTheWarmUp() {
        Ramp ramp = Ramp.of(100, 1000, 0.2f);
        assertEquals(0, ramp.at(0));
        assertEquals(0, ramp.at(100));
        assertEquals(0.25f, ramp.at(150), 1e-6f);
        assertEquals(1, ramp.at(300));
        assertEquals(1, ramp.at(999));
        assertEquals(1, Ramp.of(100, 1000, 0).at(0));
        assertThrows(IllegalArgumentException.class, () -> new Ramp(-1, 0));
    }
}
