package tandem.engine.operation;

import java.util.SplittableRandom;

/** Where the numbers of a row's inputs come from. */
@FunctionalInterface
public interface Values {

    /** As many values as asked for. */
    double[] make(int count, SplittableRandom random);

    /** Normal, with that mean and standard deviation. */
    static Values normal(double mean, double deviation) {
        return (count, random) -> {
            java.util.Random gaussian = new java.util.Random(random.nextLong());
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) (mean + deviation * gaussian.nextGaussian());
            }
            return values;
        };
    }

    /** Uniform between two numbers. */
    static Values uniform(double low, double high) {
        return (count, random) -> {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) (low + (high - low) * random.nextDouble());
            }
            return values;
        };
    }

    /**
     * All different, at least {@code step} apart and none nearer than half a step to 0, in random order: no kink is
     * near.
     */
    static Values distinct(double step) {
        return (count, random) -> {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                int j = random.nextInt(i + 1);
                values[i] = values[j];
                values[j] = (float) ((i - count / 2 + 0.5) * step);
            }
            return values;
        };
    }

    /** Whole numbers from {@code low} to {@code high}, both included. */
    static Values integers(int low, int high) {
        return (count, random) -> {
            double[] values = new double[count];
            for (int i = 0; i < count; i++) {
                values[i] = random.nextInt(low, high + 1);
            }
            return values;
        };
    }

    /** Just these. */
    static Values of(double... values) {
        return (count, random) -> {
            if (values.length != count) {
                throw new IllegalArgumentException(values.length + " values for " + count + " elements");
            }
            return values.clone();
        };
    }
}
