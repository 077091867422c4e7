package tandem.model.pretraining;

import java.util.SplittableRandom;

/** Random numbers of the generator; the same seed gives the same numbers on every machine. */
final class Distributions {

    private Distributions() {}

    /** Uniform in [low, high). */
    static float between(SplittableRandom random, double low, double high) {
        return (float) (low + (high - low) * random.nextDouble());
    }

    /** Between two positive limits, uniform in the logarithm. */
    static float logarithmic(SplittableRandom random, double low, double high) {
        return (float) (low * StrictMath.pow(high / low, random.nextDouble()));
    }

    /** True with a probability. */
    static boolean chance(SplittableRandom random, double probability) {
        return random.nextDouble() < probability;
    }

    /** Either 1 or -1. */
    static int sign(SplittableRandom random) {
        return random.nextBoolean() ? 1 : -1;
    }

    /** {@code value} limited to [low, high]. */
    static float clamp(float value, float low, float high) {
        return value < low ? low : value > high ? high : value;
    }
}
