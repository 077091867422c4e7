package tandem.engine.optimizer;

import java.util.List;

/**
 * Adam with decoupled weight decay (Loshchilov and Hutter 2019, algorithm 2, the schedule multiplier inside the
 * learning rate): {@code m} and {@code v} average the gradient and its square, {@code p = p - learningRate (weightDecay
 * p + (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon))}.
 *
 * @param beta1 in [0, 1), likewise beta2
 * @param epsilon above 0
 * @param weightDecay at least 0
 */
public record AdamW(float beta1, float beta2, float epsilon, float weightDecay) implements Optimizer {

    /** Rejects values out of range. */
    public AdamW {
        if (!(beta1 >= 0 && beta1 < 1) || !(beta2 >= 0 && beta2 < 1) || !(epsilon > 0) || !(weightDecay >= 0)) {
            throw new IllegalArgumentException(
                    "AdamW needs betas in [0, 1), epsilon above 0 and a weight decay of at least 0, got " + beta1 + ", "
                            + beta2 + ", " + epsilon + ", " + weightDecay);
        }
    }

    /** The default betas (0.9, 0.999) and epsilon (1e-8). */
    public static AdamW withDecay(float weightDecay) {
        return new AdamW(0.9f, 0.999f, 1e-8f, weightDecay);
    }

    @Override
    public int statesPerParameter() {
        return 2;
    }

    @Override
    public double firstCorrection(long step) {
        return 1 / (1 - Math.pow(beta1, step));
    }

    @Override
    public double secondCorrection(long step) {
        return 1 / Math.sqrt(1 - Math.pow(beta2, step));
    }

    @Override
    public Launch launch() {
        return new Launch("adamw_step", List.of(beta1, beta2, epsilon, weightDecay));
    }
}
