package tandem.model.strategy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tandem.model.settings.FreezeSettings;

/**
 * A way to use images of which some have only boxes and others only masks. Strategies for the scarce task use the
 * single-task network for the other task.
 */
public enum Strategy {
    /** The reference for the other strategies. */
    SINGLE_TASK("single-task", "a network for each task, each from its own annotation alone", Composer::singles),
    /** The whole encoder is trained. */
    TRANSFER(
            "transfer",
            "the network of the scarce task starts from the encoder of the other task's network, all of it trained on",
            composer -> composer.instead(composer.transferred("transfer", FreezeSettings.none()))),
    /** The stem and the first two stages are frozen. */
    TRANSFER_PARTLY(
            "transfer-partly",
            "the same, its stem and first two stages frozen",
            composer -> composer.instead(composer.transferred(
                    "transfer partly", FreezeSettings.none().withStages(3)))),
    /** The encoder is frozen. */
    TRANSFER_FROZEN(
            "transfer-frozen",
            "the same, its whole encoder frozen",
            composer -> composer.instead(composer.transferred(
                    "transfer frozen", FreezeSettings.none().withStages(5)))),
    /** Self-training of the scarce task. */
    PSEUDO_LABELS(
            "pseudo-labels",
            "the network of the scarce task is also trained on the other task's images, with what a first network of this task predicts there",
            composer -> composer.instead(composer.selfLabelled("pseudo-labels"))),
    /** One network; each loss leaves out the images that are not annotated for it. */
    MULTI_TASK(
            "multi-task",
            "one network for both tasks; each image is used for the tasks that it is annotated for",
            composer -> Networks.shared(composer.both("multi-task"))),
    /** Confident predictions of teachers replace missing annotations. */
    MULTI_TASK_PSEUDO_LABELS(
            "multi-task-pseudo-labels",
            "one network for both tasks; missing annotation is predicted by the single-task networks",
            composer -> Networks.shared(composer.labelled(composer.both("multi-task pseudo-labels")))),
    /** Distillation of the teachers' outputs (soft targets). */
    MULTI_TASK_DISTILLATION(
            "multi-task-distillation",
            "one network for both tasks, which also imitates the outputs of the single-task networks, on all images",
            composer -> Networks.shared(composer.distilled(composer.both("multi-task distillation")))),
    /** Distillation of the teachers' outputs and of their feature maps. */
    MULTI_TASK_IMITATION(
            "multi-task-imitation",
            "multi-task-distillation that also imitates the feature maps of the single-task networks, mostly where the predictions differ",
            composer -> Networks.shared(composer.imitating(composer.both("multi-task imitation")))),
    /** Masks generated from boxes and boxes generated from masks. */
    MULTI_TASK_WEAK(
            "multi-task-weak",
            "one network for both tasks; masks are also made from boxes (GrabCut) and boxes from masks",
            composer -> Networks.shared(composer.weak(composer.both("multi-task weak")))),
    /** Both of these. */
    MULTI_TASK_WEAK_DISTILLATION(
            "multi-task-weak-distillation",
            "multi-task-weak and multi-task-distillation together",
            composer ->
                    Networks.shared(composer.distilled(composer.weak(composer.both("multi-task weak distillation"))))),
    /** The upper reference with all annotations; only for fully annotated data. */
    MULTI_TASK_FULL(
            "multi-task-full",
            "the upper reference: one network for both tasks, every one of the images annotated for both",
            composer -> Networks.shared(composer.full("multi-task full")));

    private final String label;
    private final String description;
    private final Function<Composer, Networks> composition;

    Strategy(String label, String description, Function<Composer, Networks> composition) {
        this.label = label;
        this.description = description;
        this.composition = composition;
    }

    /** Its name in commands and results. */
    public String label() {
        return label;
    }

    /** A short description. */
    public String description() {
        return description;
    }

    /** The networks to train. */
    Networks compose(Composer composer) {
        return composition.apply(composer);
    }

    /** The strategy of a name. */
    public static Optional<Strategy> of(String label) {
        return Arrays.stream(values())
                .filter(strategy -> strategy.label.equals(label))
                .findFirst();
    }

    /** All names. */
    public static List<String> labels() {
        return Arrays.stream(values()).map(Strategy::label).toList();
    }

    @Override
    public String toString() {
        return label;
    }
}
