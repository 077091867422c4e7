package tandem.model.balance;

import java.util.List;
import tandem.model.settings.BalanceSettings;

/**
 * The factors of the losses, which may change in each step. They are computed on the host in double precision, from
 * losses and norms that the host reads after each step anyway, and are uploaded with the next batch. A loss of 0 means
 * that the batch has no annotation for it: its factor is not changed.
 */
public sealed interface LossWeights permits FixedWeights, UncertaintyWeights, GradNormWeights {

    /** Losses of one step, before any factor; 0 for one that the network or the batch does not have. */
    record Losses(double location, double confidence, double segmentation) {}

    /** The factors that the losses are multiplied by. */
    record Factors(double location, double confidence, double segmentation) {}

    /**
     * Norms of the gradient of each task with respect to the last layer that both share, their factors included.
     *
     * @param detection of location and confidence together
     */
    record Norms(double detection, double segmentation) {}

    /** The factors of the next step. */
    Factors factors();

    /** Updates the factors after a step. */
    default void afterStep(double learningRate, Losses losses) {}

    /** Updates the factors after a step with measured gradients. */
    default void afterMeasurement(Losses losses, Norms norms) {}

    /** The state for a checkpoint, exact. */
    default List<Double> state() {
        return List.of();
    }

    /**
     * Restores what {@link #state} returned.
     *
     * @throws IllegalArgumentException for another number of values
     */
    default void restore(List<Double> state) {
        requireState(state, 0);
    }

    /** The method that the settings select. */
    static LossWeights of(BalanceSettings settings, float detectionWeight, float segmentationWeight) {
        Factors fixed = new Factors(detectionWeight, detectionWeight, segmentationWeight);
        return switch (settings.method()) {
            case FIXED, PCGRAD -> new FixedWeights(fixed);
            case UNCERTAINTY -> new UncertaintyWeights(fixed, settings.learningRate());
            case GRADNORM -> new GradNormWeights(fixed, settings.learningRate(), settings.alpha());
        };
    }

    /** Rejects a state of another length. */
    static void requireState(List<Double> state, int expected) {
        if (state.size() != expected) {
            throw new IllegalArgumentException(
                    "the balance of the tasks stores " + expected + " numbers, the checkpoint has " + state.size());
        }
    }
}
