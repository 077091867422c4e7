package tandem.model.weak.grabcut;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.distribution.MultivariateNormalDistribution;
import org.apache.commons.math3.stat.correlation.Covariance;
import org.junit.jupiter.api.Test;

class GaussianMixtureTest {

    private static int clamp(double value) {
        return (int) Math.max(0, Math.min(255, Math.round(value)));
    }

    private static int[] colors(int count, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        int[] colors = new int[count];
        for (int i = 0; i < count; i++) {
            double[][] centers = {{40, 60, 200}, {180, 170, 90}, {120, 20, 30}};
            double[] center = centers[i % 3];
            double shared = 15 * (random.nextDouble() - 0.5);
            colors[i] = clamp(center[0] + shared + 20 * random.nextDouble()) << 16
                    | clamp(center[1] + shared + 9 * random.nextDouble()) << 8
                    | clamp(center[2] - shared + 14 * random.nextDouble());
        }
        return colors;
    }

    private static double[] vector(int color) {
        return new double[] {color >> 16 & 255, color >> 8 & 255, color & 255};
    }

    @Test
    void theDensityIsThatOfAWeightedSumOfGaussians() {
        int[] colors = colors(3000, 1);
        byte[] assigned = new byte[colors.length];
        GaussianMixture mixture = new GaussianMixture(5);
        mixture.cluster(colors, colors.length, assigned);
        mixture.learn(colors, colors.length, assigned);
        List<MultivariateNormalDistribution> components = new ArrayList<>();
        List<Double> weights = new ArrayList<>();
        for (int k = 0; k < 5; k++) {
            List<double[]> members = new ArrayList<>();
            double[] mean = new double[3];
            for (int i = 0; i < colors.length; i++) {
                if (assigned[i] == k) {
                    double[] vector = vector(colors[i]);
                    members.add(vector);
                    for (int c = 0; c < 3; c++) {
                        mean[c] += vector[c];
                    }
                }
            }
            assertTrue(members.size() > 10, "component " + k + " has " + members.size() + " colors");
            for (int c = 0; c < 3; c++) {
                mean[c] /= members.size();
            }
            double[][] covariance = new Covariance(members.toArray(double[][]::new), false)
                    .getCovarianceMatrix()
                    .getData();
            for (int c = 0; c < 3; c++) {
                covariance[c][c] += 1;
            }
            components.add(new MultivariateNormalDistribution(mean, covariance));
            weights.add(members.size() / (double) colors.length);
            assertEquals(weights.get(k), mixture.weight(k), 1e-12);
        }
        for (int color : colors(200, 2)) {
            double density = 0;
            int best = 0;
            for (int k = 0; k < 5; k++) {
                double part = weights.get(k) * components.get(k).density(vector(color));
                density += part;
                best = part > weights.get(best) * components.get(best).density(vector(color)) ? k : best;
            }
            assertEquals(Math.log(density), mixture.logDensity(color), 1e-6 * Math.abs(Math.log(density)));
            assertEquals(best, mixture.component(color));
        }
    }

    @Test
    void separateClustersAreFoundWhole() {
        int[] colors = colors(900, 3);
        byte[] assigned = new byte[colors.length];
        new GaussianMixture(3).cluster(colors, colors.length, assigned);
        for (int i = 3; i < colors.length; i++) {
            assertEquals(assigned[i % 3], assigned[i]);
        }
        assertTrue(assigned[0] != assigned[1] && assigned[1] != assigned[2] && assigned[0] != assigned[2]);
    }

    /** A gray image has a covariance of rank 1; the variance of its one direction is three times that of a channel. */
    @Test
    void grayAndUniformColorsHaveAFiniteDensity() {
        int[] gray = new int[256];
        for (int i = 0; i < 256; i++) {
            gray[i] = i << 16 | i << 8 | i;
        }
        GaussianMixture mixture = new GaussianMixture(1);
        mixture.learn(gray, gray.length, new byte[256]);
        double variance = (256.0 * 256 - 1) / 12;
        double along = 3 * variance + 1;
        double offset = 128 - 127.5;
        double expected = -1.5 * Math.log(2 * Math.PI) - 0.5 * Math.log(along) - 0.5 * 3 * offset * offset / along;
        assertEquals(expected, mixture.logDensity(0x808080), 1e-9);

        int[] uniform = new int[50];
        java.util.Arrays.fill(uniform, 0x102030);
        GaussianMixture five = new GaussianMixture(5);
        byte[] assigned = new byte[50];
        five.cluster(uniform, 50, assigned);
        five.learn(uniform, 50, assigned);
        assertEquals(-1.5 * Math.log(2 * Math.PI), five.logDensity(0x102030), 1e-9);
        assertEquals(-1.5 * Math.log(2 * Math.PI) - 0.5 * 4, five.logDensity(0x122030), 1e-9);
    }

    @Test
    void withoutAnyColorTheDensityIsZero() {
        GaussianMixture mixture = new GaussianMixture(2);
        mixture.learn(new int[0], 0, new byte[0]);
        assertEquals(Double.NEGATIVE_INFINITY, mixture.logDensity(0));
    }
}
