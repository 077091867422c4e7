package tandem.tools.study;

import picocli.CommandLine.Option;
import tandem.model.strategy.Recipe;

/** Weights of pseudo-labels, weak labels and distillation losses. */
final class StudyWeights {

    @Option(
            names = "--pseudo-label-weight",
            paramLabel = "X",
            order = 14,
            description = "Weight of images with pseudo-labels of a teacher. Default: 1.")
    private Float pseudoLabels;

    @Option(
            names = "--weak-weight",
            paramLabel = "X",
            order = 14,
            description =
                    "Weight of images with weak labels (masks made from boxes, boxes made from masks). Default: 0.5.")
    private Float weak;

    @Option(
            names = "--distillation-weight",
            paramLabel = "X",
            order = 14,
            description = "Factor of the distillation losses. Default: 1.")
    private Float distillation;

    /** The given weights; defaults for the others. */
    Recipe.Weights weights() {
        Recipe.Weights standard = Recipe.Weights.STANDARD;
        return new Recipe.Weights(
                pseudoLabels == null ? standard.pseudoLabels() : pseudoLabels,
                weak == null ? standard.weak() : weak,
                distillation == null ? standard.distillation() : distillation);
    }
}
