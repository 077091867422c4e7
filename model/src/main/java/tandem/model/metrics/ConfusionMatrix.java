package tandem.model.metrics;

import java.util.Arrays;

/**
 * Pixel counts by true and predicted class over all masks added so far, and the standard figures from them (Long et
 * al., CVPR 2015, section 5). Masks are compared at their given size, which should be the original one. A class without
 * true pixels has the figure NaN and is left out of means; pixels predicted as it still count as errors of their true
 * class.
 */
public final class ConfusionMatrix {

    private final int classes;
    private final int ignore;
    /** (classes, classes), true class outermost. */
    private final long[] counts;

    /**
     * @param classes number of classes, background included, 1 to 256
     * @param ignore mask value that is left out of every count, usually 255; -1 for none
     */
    public ConfusionMatrix(int classes, int ignore) {
        if (classes < 1 || classes > 256) {
            throw new IllegalArgumentException(classes + " mask classes: expected 1 to 256");
        }
        this.classes = classes;
        this.ignore = ignore;
        this.counts = new long[classes * classes];
    }

    /**
     * Adds one image.
     *
     * @param predicted predicted class of each pixel, unsigned
     * @param truth true class of each pixel, unsigned, in the same order
     * @throws IllegalArgumentException when the lengths differ, a true value is neither a class nor the ignored one, or
     *     a predicted value is no class where the truth is not ignored; nothing is counted then
     */
    public void add(byte[] predicted, byte[] truth) {
        if (predicted.length != truth.length) {
            throw new IllegalArgumentException(
                    "predicted mask has " + predicted.length + " pixels, the true one " + truth.length);
        }
        for (int i = 0; i < truth.length; i++) {
            int t = truth[i] & 0xff;
            if (t != ignore && (t >= classes || (predicted[i] & 0xff) >= classes)) {
                throw new IllegalArgumentException("pixel %d: %s mask value %d, expected 0 to %d%s"
                        .formatted(
                                i,
                                t >= classes ? "true" : "predicted",
                                t >= classes ? t : predicted[i] & 0xff,
                                classes - 1,
                                ignore < 0 ? "" : ", or " + ignore + " in the truth for pixels to leave out"));
            }
        }
        for (int i = 0; i < truth.length; i++) {
            int t = truth[i] & 0xff;
            if (t != ignore) {
                counts[t * classes + (predicted[i] & 0xff)]++;
            }
        }
    }

    /** Number of classes. */
    public int classes() {
        return classes;
    }

    /** Pixels of class {@code truth} that were predicted as {@code predicted}. */
    public long count(int truth, int predicted) {
        return counts[truth * classes + predicted];
    }

    /** Pixels of class {@code label} in the truth. */
    public long truePixels(int label) {
        long sum = 0;
        for (int p = 0; p < classes; p++) {
            sum += count(label, p);
        }
        return sum;
    }

    /** Pixels predicted as {@code label}, where the truth is not ignored. */
    public long predictedPixels(int label) {
        long sum = 0;
        for (int t = 0; t < classes; t++) {
            sum += count(t, label);
        }
        return sum;
    }

    /** Pixels counted. */
    public long pixels() {
        return Arrays.stream(counts).sum();
    }

    /** Intersection over union of one class; NaN when the truth has none. */
    public double intersectionOverUnion(int label) {
        long truth = truePixels(label);
        return truth == 0
                ? Double.NaN
                : (double) count(label, label) / (truth + predictedPixels(label) - count(label, label));
    }

    /** Share of a class's pixels that are predicted correctly; NaN when the truth has none. */
    public double accuracy(int label) {
        long truth = truePixels(label);
        return truth == 0 ? Double.NaN : (double) count(label, label) / truth;
    }

    /** Mean intersection over union of the classes in the truth; NaN without pixels. */
    public double meanIntersectionOverUnion() {
        double[] values = new double[classes];
        Arrays.setAll(values, this::intersectionOverUnion);
        return Means.ofPresent(values);
    }

    /** Mean of {@link #accuracy} over the classes in the truth; NaN without pixels. */
    public double meanAccuracy() {
        double[] values = new double[classes];
        Arrays.setAll(values, this::accuracy);
        return Means.ofPresent(values);
    }

    /** Share of all pixels that are predicted correctly; NaN without pixels. */
    public double pixelAccuracy() {
        long right = 0;
        for (int label = 0; label < classes; label++) {
            right += count(label, label);
        }
        long all = pixels();
        return all == 0 ? Double.NaN : (double) right / all;
    }

    /** Intersection over union of the classes, weighted by their true pixels; NaN without pixels. */
    public double frequencyWeightedIntersectionOverUnion() {
        long all = pixels();
        if (all == 0) {
            return Double.NaN;
        }
        double sum = 0;
        for (int label = 0; label < classes; label++) {
            long truth = truePixels(label);
            if (truth > 0) {
                sum += truth * intersectionOverUnion(label);
            }
        }
        return sum / all;
    }
}
