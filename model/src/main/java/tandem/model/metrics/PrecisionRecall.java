package tandem.model.metrics;

/**
 * The precision-recall curve of one class: the counts after each detection, by decreasing score.
 *
 * @param truths number of objects; 0 for a class without examples, whose average precision is NaN
 * @param scores score of each detection that is not ignored, decreasing
 * @param truePositives running count of true positives
 */
public record PrecisionRecall(int truths, double[] scores, int[] truePositives) {

    /** Number of detections that are not ignored. */
    public int detections() {
        return scores.length;
    }

    /** Recall of the {@code i + 1} best detections; NaN without objects. */
    public double recall(int i) {
        return truths == 0 ? Double.NaN : (double) truePositives[i] / truths;
    }

    /** Precision of the {@code i + 1} best detections. */
    public double precision(int i) {
        return truePositives[i] / (i + 1.0);
    }

    /**
     * Area under the curve after precision is made monotonically decreasing (VOC since 2010).
     *
     * @return a number in [0, 1]: 0 without detections, NaN without objects
     */
    public double allPointAveragePrecision() {
        if (truths == 0) {
            return Double.NaN;
        }
        double sum = 0;
        double best = 0;
        for (int i = detections() - 1; i >= 0; i--) {
            best = Math.max(best, precision(i));
            int found = truePositives[i] - (i == 0 ? 0 : truePositives[i - 1]);
            sum += found * best;
        }
        return sum / truths;
    }

    /**
     * Mean of the best precision at recall 0, 0.1, ... 1 (VOC until 2009). A recall of exactly k/10 reaches the k-th
     * point: the comparison uses integers; a comparison with the rounded number 0.6000000000000001 would miss 9 of 15.
     *
     * @return a number in [0, 1]: 0 without detections, NaN without objects
     */
    public double elevenPointAveragePrecision() {
        if (truths == 0) {
            return Double.NaN;
        }
        double sum = 0;
        double best = 0;
        int i = detections() - 1;
        for (int k = 10; k >= 0; k--) {
            while (i >= 0 && 10L * truePositives[i] >= (long) k * truths) {
                best = Math.max(best, precision(i));
                i--;
            }
            sum += best;
        }
        return sum / 11;
    }
}
