package tandem.model.quantization;

import java.nio.FloatBuffer;
import java.util.Optional;
import tandem.model.network.QuantizedLayers.Range;

/**
 * How often values occur, and the range of bytes that represents them with the least mean squared error. Zeros are left
 * out: they are exact in every quantization.
 */
final class ActivationHistogram {

    private static final int HALF = 2048;
    /** Tried limits, as parts of the most extreme value, in steps of 1 / 50. */
    private static final int STEPS = 50;

    private static final int MIN_STEPS = 10;

    private long[] counts = new long[2 * HALF];
    private double limit;
    private float low;
    private float high;

    /** Counts all values. */
    void add(FloatBuffer values) {
        for (int i = 0; i < values.limit(); i++) {
            low = Math.min(low, values.get(i));
            high = Math.max(high, values.get(i));
        }
        if (!Float.isFinite(low) || !Float.isFinite(high)) {
            throw new IllegalArgumentException("the activations of the network are not finite");
        }
        widen(Math.max(-low, high));
        double scale = HALF / limit;
        for (int i = 0; i < values.limit(); i++) {
            float value = values.get(i);
            if (value != 0) {
                counts[Math.min(2 * HALF - 1, (int) Math.floor(value * scale) + HALF)]++;
            }
        }
    }

    /** Doubles the width of the bins until they cover -{@code peak} to {@code peak}. */
    private void widen(float peak) {
        if (limit == 0) {
            limit = peak == 0 ? 1 : peak;
        }
        while (limit < peak) {
            long[] wider = new long[counts.length];
            for (int i = 0; i < counts.length; i++) {
                wider[HALF + (i - HALF >> 1)] += counts[i];
            }
            counts = wider;
            limit *= 2;
        }
    }

    /** The best range; empty when there were zeros only. */
    Optional<Range> range() {
        if (low == 0 && high == 0) {
            return Optional.empty();
        }
        double bestHigh = high;
        double bestLow = low;
        double least = Double.POSITIVE_INFINITY;
        for (int step = STEPS; step >= MIN_STEPS; step--) {
            double tried = (double) high * step / STEPS;
            double error = error(low, tried);
            if (error < least) {
                least = error;
                bestHigh = tried;
            }
        }
        for (int step = STEPS; step >= MIN_STEPS; step--) {
            double tried = (double) low * step / STEPS;
            double error = error(tried, bestHigh);
            if (error < least) {
                least = error;
                bestLow = tried;
            }
        }
        return Optional.of(new Range(0f + (float) bestLow, 0f + (float) bestHigh)); // without -0
    }

    /** Sum of the squared errors; a value inside of the range has one twelfth of a step squared. */
    private double error(double from, double to) {
        double step = (to - from) / 255;
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            if (counts[i] > 0) {
                double value = (i + 0.5 - HALF) * limit / HALF;
                double outside = Math.max(0, Math.max(from - value, value - to));
                sum += counts[i] * (step * step / 12 + outside * outside);
            }
        }
        return sum;
    }
}
