package tandem.engine;

import java.util.random.RandomGenerator;

/**
 * Normally distributed values by the polar method (Marsaglia and Bray 1964) with {@link StrictMath}: a seed gives the
 * same bits on every JDK, which {@link RandomGenerator#nextGaussian} does not guarantee.
 */
final class NormalValues {

    private NormalValues() {}

    /** {@code count} values with mean 0 and the given standard deviation. */
    static float[] of(int count, double deviation, RandomGenerator random) {
        float[] values = new float[count];
        for (int i = 0; i < count; i += 2) {
            double x;
            double y;
            double square;
            do {
                x = 2 * random.nextDouble() - 1;
                y = 2 * random.nextDouble() - 1;
                square = x * x + y * y;
            } while (square >= 1 || square == 0);
            double factor = deviation * Math.sqrt(-2 * StrictMath.log(square) / square);
            values[i] = (float) (factor * x);
            if (i + 1 < count) {
                values[i + 1] = (float) (factor * y);
            }
        }
        return values;
    }
}
