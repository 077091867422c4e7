package tandem.model.weak;

import java.util.List;
import tandem.model.settings.Confidence;

/** The thresholds of confidence of all classes, quantiles applied. */
final class ClassThresholds {

    /** Equal ranges in which confidences are counted. */
    static final int BINS = 1000;

    private ClassThresholds() {}

    /**
     * The threshold of each class.
     *
     * @param counts for each class how many predictions there are in each of {@link #BINS} equal ranges of confidence
     */
    static float[] of(Confidence confidence, List<String> names, long[][] counts) {
        float[] thresholds = new float[names.size()];
        for (int k = 0; k < thresholds.length; k++) {
            thresholds[k] = confidence.min(names.get(k));
            int first = (int) Math.ceil(thresholds[k] * BINS - 1e-3);
            long candidates = 0;
            for (int bin = first; bin < BINS; bin++) {
                candidates += counts[k][bin];
            }
            long dropped = (long) Math.floor(candidates * (double) confidence.quantile());
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
