package tandem.model.strategy;

import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.InitialEncoder;

/**
 * Settings that all strategies of a comparison share.
 *
 * @param network the network with both heads; networks of one task are the same without the other head
 * @param initial values of the encoders of all networks before training, but for those that a strategy transfers
 * @param training training settings; seed and epochs are set by each stage
 * @param augmentation augmentation settings
 * @param visits image visits (samples seen) of each reported network in training, rounded to whole passes
 * @param visitsPerTask whether the number is per task and not per network; a network of two tasks then has as many
 *     visits as the two networks that it replaces
 * @param scarce the task with scarce annotation
 * @param weights weights of pseudo-labels, weak labels and distillation
 */
public record Recipe(
        NetworkSettings network,
        InitialEncoder initial,
        TrainingSettings training,
        AugmentationSettings augmentation,
        long visits,
        boolean visitsPerTask,
        Task scarce,
        Weights weights) {

    /**
     * Factors of losses, relative to 1 for annotated labels.
     *
     * @param pseudoLabels of images with boxes or a mask predicted by a teacher
     * @param weak of images with a mask made from boxes or with boxes made from a mask
     * @param distillation of the losses between a student and its teachers
     */
    public record Weights(float pseudoLabels, float weak, float distillation) {

        /** The default factors. */
        public static final Weights STANDARD = new Weights(1, 0.5f, 1);

        /** Rejects factors of 0, without which strategies would be equal. */
        public Weights {
            if (!positive(pseudoLabels) || !positive(weak) || !positive(distillation)) {
                throw new IllegalArgumentException(
                        "the weights of pseudo-labels, weak losses and distillation must be above 0, not "
                                + pseudoLabels + ", " + weak + " and " + distillation);
            }
        }

        private static boolean positive(float weight) {
            return weight > 0 && !Float.isInfinite(weight);
        }
    }

    /** Rejects a recipe without both tasks or without image visits. */
    public Recipe {
        if (visits < 1) {
            throw new IllegalArgumentException("image visits must be at least 1, not " + visits);
        }
        if (!network.detects() || !network.segments()) {
            throw new IllegalArgumentException(
                    "strategies for two tasks need a network with box classes and mask classes");
        }
    }

    /** The network of one task. */
    NetworkSettings network(Task task) {
        return task == Task.DETECTION
                ? network.withClasses(network.boxClasses(), java.util.List.of())
                : network.withClasses(java.util.List.of(), network.maskClasses());
    }

    /** The number of passes nearest to the visits of a network of {@code tasks} tasks. */
    int epochs(int tasks, int passLength) {
        long wanted = visitsPerTask ? tasks * visits : visits;
        return (int) Math.max(1, Math.round((double) wanted / passLength));
    }
}
