package tandem.model.strategy;

import tandem.model.distillation.Task;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;

/**
 * What all strategies of a comparison share.
 *
 * @param network the network with both heads; networks of one task are the same without the other head
 * @param training how to train; seed and epochs are set by each stage
 * @param augmentation how images are changed
 * @param visits images that each reported network sees in training, counted with repetition; rounded to whole passes
 * @param visitsPerTask whether that is for each task of a network, so that one network of two tasks sees as many as the
 *     two networks that it replaces, and not for each network
 * @param scarce the task that strategies of one task are to help
 * @param weights how much count what nobody drew
 */
public record Recipe(
        NetworkSettings network,
        TrainingSettings training,
        AugmentationSettings augmentation,
        long visits,
        boolean visitsPerTask,
        Task scarce,
        Weights weights) {

    /**
     * Factors of losses, beside 1 for what a person drew.
     *
     * @param pseudoLabels of images with boxes or a mask predicted by a teacher
     * @param weak of images with a mask made from boxes or with boxes made from a mask
     * @param distillation of the losses between a student and its teachers
     */
    public record Weights(float pseudoLabels, float weak, float distillation) {

        /** The usual factors. */
        public static final Weights STANDARD = new Weights(1, 0.5f, 1);

        /** Rejects factors that leave a strategy nothing of its own. */
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

    /** Rejects a recipe without both tasks, and without work. */
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

    /** Passes that come nearest to the visits of a network of {@code tasks} tasks. */
    int epochs(int tasks, int passLength) {
        long wanted = visitsPerTask ? tasks * visits : visits;
        return (int) Math.max(1, Math.round((double) wanted / passLength));
    }
}
