package tandem.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.random.RandomGeneratorFactory;
import org.apache.commons.math3.distribution.NormalDistribution;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.Test;

class NormalValuesTest {

    @Test
    void theyAreNormallyDistributed() {
        float[] values = NormalValues.of(20_001, 0.5, new SplittableRandom(4));
        double[] sample = new double[values.length];
        Arrays.setAll(sample, i -> values[i]);
        double p = new KolmogorovSmirnovTest().kolmogorovSmirnovTest(new NormalDistribution(0, 0.5), sample);
        assertTrue(p > 0.01, () -> "p = " + p);
        double product = 0;
        for (int i = 0; i + 1 < sample.length; i++) {
            product += sample[i] * sample[i + 1];
        }
        // Neighboring values are independent: the mean of n products has the deviation 0.25 / sqrt(n).
        assertEquals(0, product / sample.length, 4 * 0.25 / Math.sqrt(sample.length));
    }

    /** The bits of one seed, the same on every JDK. */
    @Test
    void aSeedGivesTheseBits() {
        float[] values = NormalValues.of(
                200_000, 1, RandomGeneratorFactory.of("L64X128MixRandom").create(1));
        assertArrayEquals(
                new float[] {-0.35229325f, -0.124913834f, 1.0757079f, -0.98822683f}, Arrays.copyOf(values, 4));
        assertEquals(532_834_275, Arrays.hashCode(values));
        assertArrayEquals(
                Arrays.copyOf(values, 3),
                NormalValues.of(
                        3, 1, RandomGeneratorFactory.of("L64X128MixRandom").create(1)));
    }
}
