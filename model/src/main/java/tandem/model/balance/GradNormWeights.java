package tandem.model.balance;

import java.util.List;

/**
 * GradNorm (Chen et al. 2018, equations 1 and 2, algorithm 1) for the two tasks. With the norm G of each task's
 * weighted gradient by the last shared layer, their mean M, and r, the loss as a share of the first one over the mean
 * of both shares, the weights w follow the derivative of the sum of |G - M r^alpha|, where M r^alpha is treated as
 * constant and G is proportional to w; then they are scaled to the sum 2. The derivative is divided by M here, so that
 * the learning rate of the weights does not depend on the size of the losses.
 */
final class GradNormWeights implements LossWeights {

    /** Minimum weight of a task before the scaling. */
    private static final double MIN_WEIGHT = 0.01;

    private final Factors fixed;
    private final double weightLearningRate;
    private final double alpha;
    private final double[] weights = {1, 1};
    private final double[] first = new double[2];

    /**
     * Weights of 1.
     *
     * @param fixed weights of the losses from the settings, multiplied in addition
     * @param weightLearningRate learning rate of the weights
     * @param alpha exponent of the relative loss
     */
    GradNormWeights(Factors fixed, double weightLearningRate, double alpha) {
        this.fixed = fixed;
        this.weightLearningRate = weightLearningRate;
        this.alpha = alpha;
    }

    @Override
    public Factors factors() {
        return new Factors(
                weights[0] * fixed.location(), weights[0] * fixed.confidence(), weights[1] * fixed.segmentation());
    }

    @Override
    public void afterMeasurement(Losses losses, Norms norms) {
        double[] loss = {
            fixed.location() * losses.location() + fixed.confidence() * losses.confidence(),
            fixed.segmentation() * losses.segmentation()
        };
        for (int i = 0; i < 2; i++) {
            if (first[i] == 0) {
                first[i] = loss[i];
            }
        }
        if (!(loss[0] > 0 && loss[1] > 0 && norms.detection() > 0 && norms.segmentation() > 0)) {
            return;
        }
        double[] norm = {norms.detection(), norms.segmentation()};
        double mean = (norm[0] + norm[1]) / 2;
        double[] share = {loss[0] / first[0], loss[1] / first[1]};
        for (int i = 0; i < 2; i++) {
            double target = mean * Math.pow(2 * share[i] / (share[0] + share[1]), alpha);
            double derivative = Math.signum(norm[i] - target) * norm[i] / weights[i];
            weights[i] = Math.max(MIN_WEIGHT, weights[i] - weightLearningRate * derivative / mean);
        }
        double scale = 2 / (weights[0] + weights[1]);
        weights[0] *= scale;
        weights[1] *= scale;
    }

    /** Weights of detection and segmentation, then their initial losses. */
    @Override
    public List<Double> state() {
        return List.of(weights[0], weights[1], first[0], first[1]);
    }

    @Override
    public void restore(List<Double> state) {
        LossWeights.requireState(state, 4);
        for (int i = 0; i < 2; i++) {
            weights[i] = state.get(i);
            first[i] = state.get(2 + i);
        }
    }
}
