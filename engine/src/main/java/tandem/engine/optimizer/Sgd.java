package tandem.engine.optimizer;

import java.util.List;

/**
 * Stochastic gradient descent with momentum: with gradient g, {@code m = momentum m + g + weightDecay p}, then {@code p
 * = p - learningRate m} (the form of PyTorch's SGD without dampening or Nesterov; m starts at 0).
 *
 * @param momentum in [0, 1)
 * @param weightDecay at least 0
 */
public record Sgd(float momentum, float weightDecay) implements Optimizer {

    /** Rejects values out of range. */
    public Sgd {
        if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0)) {
            throw new IllegalArgumentException("SGD needs a momentum in [0, 1) and a weight decay of at least 0, got "
                    + momentum + " and " + weightDecay);
        }
    }

    @Override
    public int statesPerParameter() {
        return 1;
    }

    @Override
    public double firstCorrection(long step) {
        return 1;
    }

    @Override
    public double secondCorrection(long step) {
        return 1;
    }

    @Override
    public Launch launch() {
        return new Launch("sgd_step", List.of(momentum, weightDecay));
    }
}
