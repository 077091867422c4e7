package tandem.tools.study;

import picocli.CommandLine.Option;
import tandem.model.strategy.Recipe;

/** How much counts what nobody drew. */
final class StudyWeights {

    @Option(
            names = "--pseudo-label-weight",
            paramLabel = "X",
            order = 14,
            description = "Weight of images with a teacher's labels. Default: 1.")
    private Float pseudoLabels;

    @Option(
            names = "--weak-weight",
            paramLabel = "X",
            order = 14,
            description = "Weight of images with masks made from boxes or boxes made from masks. Default: 0.5.")
    private Float weak;

    @Option(
            names = "--distillation-weight",
            paramLabel = "X",
            order = 14,
            description = "Factor of the losses between a network and its teachers. Default: 1.")
    private Float distillation;

    /** The weights; the usual ones where nothing else is said. */
    Recipe.Weights weights() {
        Recipe.Weights usual = Recipe.Weights.STANDARD;
        return new Recipe.Weights(
                pseudoLabels == null ? usual.pseudoLabels() : pseudoLabels,
                weak == null ? usual.weak() : weak,
                distillation == null ? usual.distillation() : distillation);
    }
}
