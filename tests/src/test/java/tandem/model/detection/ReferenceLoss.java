package tandem.model.detection;

/** The detection losses of a batch in double precision, straight from the formulas. */
final class ReferenceLoss {

    /** Targets and weights of a batch on the host; shapes as in {@link Targets}. */
    record Batch(int anchors, int[] labels, float[] qualities, float[] boxes, float[] boxWeights, float[] weights) {
        int images() {
            return weights.length / 2;
        }
    }

    private ReferenceLoss() {}

    static double binaryCrossEntropy(double x, double target) {
        return Math.max(x, 0) - x * target + Math.log1p(Math.exp(-Math.abs(x)));
    }

    static double focal(double x, double target) {
        double p = Geometry.logistic(x);
        double away = (1 - p) * target + p * (1 - target);
        return (0.25 * target + 0.75 * (1 - target)) * away * binaryCrossEntropy(x, target);
    }

    static double qualityFocal(double x, double target) {
        return 2 * Math.pow(target - Geometry.logistic(x), 2) * binaryCrossEntropy(x, target);
    }

    static double balancedL1(double difference) {
        double alpha = 0.5;
        double gamma = 1.5;
        double beta = 0.11;
        double b = Math.exp(gamma / alpha) - 1;
        double d = Math.abs(difference);
        return d < beta
                ? alpha / b * (b * d + 1) * Math.log(b * d / beta + 1) - alpha * d
                : gamma * d + gamma / b - alpha * beta;
    }

    /** Focal loss, or with {@code soft} the quality focal loss, of logits (N, A, C). */
    static double classification(double[] conf, int classes, Batch batch, boolean soft) {
        double sum = 0;
        int positives = 0;
        for (int i = 0; i < conf.length; i++) {
            int row = i / classes;
            double weight = batch.weights[2 * (row / batch.anchors)];
            int label = batch.labels[row];
            int c = i % classes;
            if (weight > 0 && label != -2 - c) {
                double target = label != c ? 0 : soft ? batch.qualities[row] : 1;
                sum += weight * (soft ? qualityFocal(conf[i], target) : focal(conf[i], target));
                positives += target > 0 ? 1 : 0;
            }
        }
        return sum / Math.max(1, positives);
    }

    /** Balanced L1 of offsets (N, A, 4), or with {@code anchors} one minus the generalized IoU of decoded boxes. */
    static double boxes(double[] loc, Batch batch, float[] anchors) {
        double sum = 0;
        double shares = 0;
        for (int row = 0; row < loc.length / 4; row++) {
            double weight = batch.weights[2 * (row / batch.anchors)];
            double share = batch.boxWeights[row];
            if (weight > 0 && share > 0) {
                double[] target = Geometry.row(batch.boxes, row);
                double[] offsets = {loc[4 * row], loc[4 * row + 1], loc[4 * row + 2], loc[4 * row + 3]};
                double loss = 0;
                if (anchors == null) {
                    for (int k = 0; k < 4; k++) {
                        loss += balancedL1(offsets[k] - target[k]) / 4;
                    }
                } else {
                    double[] anchor = Geometry.row(anchors, row % batch.anchors);
                    loss = 1
                            - Geometry.generalizedIou(
                                    Geometry.decode(offsets, anchor), Geometry.decode(target, anchor));
                }
                sum += weight * share * loss;
                shares += share;
            }
        }
        return sum / Math.max(1, shares);
    }
}
