package tandem.model.metrics;

/**
 * The precision-recall curve of one class: the counts after each detection, best first.
 *
 * @param truths objects to be found; 0 for a class without examples, whose average precision is NaN
 * @param scores score of each detection that counts, falling
 * @param truePositives running count of found objects
 */
public record PrecisionRecall(int truths, double[] scores, int[] truePositives) {

    /** Detections that count, neither difficult nor ignored. */
    public int detections() {
        return scores.length;
    }

    /** Part of the objects found by the {@code i + 1} best detections; NaN without objects. */
    public double recall(int i) {
        return truths == 0 ? Double.NaN : (double) truePositives[i] / truths;
    }

    /** Part of the {@code i + 1} best detections that are right. */
    public double precision(int i) {
        return truePositives[i] / (i + 1.0);
    }

    /**
     * Area under the curve after precision is made to fall monotonically (VOC since 2010).
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
     * point: the comparison is one of whole numbers, whereas programs that compare with a rounded 0.6000000000000001
     * miss 9 of 15.
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
