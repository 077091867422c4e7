package tandem.model.balance;

import java.util.List;

/**
 * Homoscedastic uncertainty (Kendall, Gal and Cipolla 2018, equations 7 and 10): with a log variance s for each loss,
 * learned from s = 0, the sum over the losses of a exp(-s) L + s / 2 is minimized, where a is 1/2 for location, a
 * regression, and 1 for the classifications, and L includes its fixed weight. So the factor of the loss is a exp(-s),
 * and s is updated with its derivative 1/2 - a exp(-s) L by gradient descent, without momentum or decay. Each s is
 * clamped to [-10, 10].
 */
final class UncertaintyWeights implements LossWeights {

    private static final double LIMIT = 10;
    private static final double[] SHARE = {0.5, 1, 1};

    private final double[] fixed;
    private final double rateFactor;
    private final double[] logVariances = new double[3];

    /**
     * Log variances of 0.
     *
     * @param fixed weights of the losses from the settings
     * @param rateFactor factor of the learning rate for the log variances
     */
    UncertaintyWeights(Factors fixed, double rateFactor) {
        this.fixed = new double[] {fixed.location(), fixed.confidence(), fixed.segmentation()};
        this.rateFactor = rateFactor;
    }

    private double factor(int loss) {
        return SHARE[loss] * Math.exp(-logVariances[loss]) * fixed[loss];
    }

    @Override
    public Factors factors() {
        return new Factors(factor(0), factor(1), factor(2));
    }

    /** The sum that is minimized, without losses that are 0. */
    double objective(Losses losses) {
        double sum = 0;
        double[] values = {losses.location(), losses.confidence(), losses.segmentation()};
        for (int i = 0; i < values.length; i++) {
            sum += values[i] * fixed[i] > 0 ? factor(i) * values[i] + logVariances[i] / 2 : 0;
        }
        return sum;
    }

    @Override
    public void afterStep(double learningRate, Losses losses) {
        double[] values = {losses.location(), losses.confidence(), losses.segmentation()};
        for (int i = 0; i < values.length; i++) {
            if (values[i] * fixed[i] > 0) {
                double moved = logVariances[i] - rateFactor * learningRate * (0.5 - factor(i) * values[i]);
                logVariances[i] = Math.max(-LIMIT, Math.min(LIMIT, moved));
            }
        }
    }

    /** Of location, confidence and segmentation. */
    @Override
    public List<Double> state() {
        return List.of(logVariances[0], logVariances[1], logVariances[2]);
    }

    @Override
    public void restore(List<Double> state) {
        LossWeights.requireState(state, logVariances.length);
        for (int i = 0; i < logVariances.length; i++) {
            logVariances[i] = state.get(i);
        }
    }
}
