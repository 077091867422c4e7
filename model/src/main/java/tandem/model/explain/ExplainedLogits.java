package tandem.model.explain;

/**
 * The outputs to explain: the sum of the selected class logits is differentiated.
 *
 * @param values 1 for each selected logit, 0 for the others
 * @param share as in {@link Evidence}
 */
record ExplainedLogits(float[] values, double share) {

    /**
     * The logits of a class at the anchors that score at least half as much as the best.
     *
     * @param logits (anchors, classes)
     */
    static ExplainedLogits boxes(float[] logits, int classes, int chosen) {
        double best = 0;
        for (int i = chosen; i < logits.length; i += classes) {
            best = Math.max(best, score(logits[i]));
        }
        float[] values = new float[logits.length];
        for (int i = chosen; i < logits.length; i += classes) {
            values[i] = score(logits[i]) >= best / 2 ? 1 : 0;
        }
        return new ExplainedLogits(values, best);
    }

    private static double score(double logit) {
        return 1 / (1 + Math.exp(-logit));
    }

    /**
     * The logits of a class at the cells where it has the max logit; without such cells, at the cell with the smallest
     * distance to the max logit.
     *
     * @param logits (cells, classes)
     */
    static ExplainedLogits pixels(float[] logits, int classes, int chosen) {
        int cells = logits.length / classes;
        float[] values = new float[logits.length];
        int count = 0;
        int nearest = 0;
        double min = Double.POSITIVE_INFINITY;
        for (int cell = 0; cell < cells; cell++) {
            double max = Double.NEGATIVE_INFINITY;
            for (int c = 0; c < classes; c++) {
                max = Math.max(max, logits[cell * classes + c]);
            }
            double missing = max - logits[cell * classes + chosen];
            if (missing == 0) {
                values[cell * classes + chosen] = 1;
                count++;
            }
            if (missing < min) {
                min = missing;
                nearest = cell;
            }
        }
        if (count == 0) {
            values[nearest * classes + chosen] = 1;
        }
        return new ExplainedLogits(values, (double) count / cells);
    }
}
