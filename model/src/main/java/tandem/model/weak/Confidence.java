package tandem.model.weak;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * From which confidence on a prediction of a class is believed. Classes differ in how sure networks are of them, so
 * that one threshold for all can leave a class without any label; with a quantile each class keeps the same share of
 * its candidates (class-balanced self-training: Zou, Yu, Kumar, Wang, ECCV 2018, section 4.2).
 *
 * @param least the threshold of a class that is not named in {@code classes}, from 0 to 1
 * @param classes the thresholds of some classes by their names
 * @param quantile of the predictions of a class that reach its threshold, this share, the least confident ones, is
 *     dropped as well; 0 for none
 */
public record Confidence(float least, Map<String, Float> classes, float quantile) {

    /** How finely confidences are told apart when shares are counted. */
    static final int BINS = 1000;

    /** Rejects what is no threshold. */
    public Confidence {
        WeakSettings.requireShare("the threshold", least);
        classes = Collections.unmodifiableMap(classes == null ? new TreeMap<>() : new TreeMap<>(classes));
        classes.forEach((name, threshold) -> WeakSettings.requireShare("the threshold of " + name, threshold));
        if (!(quantile >= 0 && quantile < 1)) {
            throw new IllegalArgumentException("the quantile must be at least 0 and below 1, not " + quantile);
        }
    }

    /** One threshold for all classes. */
    public static Confidence above(float least) {
        return new Confidence(least, Map.of(), 0);
    }

    /** The threshold of one class before quantiles. */
    public float least(String name) {
        return classes.getOrDefault(name, least);
    }

    /**
     * The thresholds of all classes.
     *
     * @param counts for each class how many predictions there are in each of {@link #BINS} equal ranges of confidence
     */
    float[] thresholds(List<String> names, long[][] counts) {
        float[] thresholds = new float[names.size()];
        for (int k = 0; k < thresholds.length; k++) {
            thresholds[k] = least(names.get(k));
            int first = (int) Math.ceil(thresholds[k] * BINS - 1e-3);
            long candidates = 0;
            for (int bin = first; bin < BINS; bin++) {
                candidates += counts[k][bin];
            }
            long dropped = (long) Math.floor(candidates * (double) quantile);
            int bin = first;
            for (long below = 0; bin < BINS - 1 && below + counts[k][bin] <= dropped && dropped > 0; bin++) {
                below += counts[k][bin];
            }
            thresholds[k] = Math.max(thresholds[k], bin / (float) BINS);
        }
        return thresholds;
    }

    static int bin(float confidence) {
        return Math.max(0, Math.min(BINS - 1, (int) (confidence * BINS)));
    }
}
