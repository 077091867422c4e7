package tandem.model.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tandem.model.data.Annotation;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.strategy.Strategy;

/**
 * The recommended training strategy to start with. It follows simple rules and gives the numbers behind them; a study
 * measures whether it is right.
 *
 * @param strategy name of the recommended strategy
 * @param description what the strategy does
 * @param reasons sentences with the numbers that lead to the recommendation
 * @param compare names of the strategies to compare it with, single-task first
 */
public record AuditRecommendation(String strategy, String description, List<String> reasons, List<String> compare) {

    /** From this share of fully annotated images on, other strategies have no missing annotation to replace. */
    private static final double NEARLY_ALL = 0.9;
    /** Minimum number of images of a kind, and of each class, to train a teacher. */
    private static final int ENOUGH_IMAGES = 50;

    private static final int ENOUGH_OF_CLASS = 20;
    /** Divergence in bits from which two groups of images count as different. */
    private static final double DIFFERENT = 0.3;
    /** Minimum share of boxes with mask pixels, and of mask pixels in boxes, to generate one from the other. */
    private static final double AGREE = 0.9;

    private static final double MANY_BARE = 0.3;

    /** Fixes the lists. */
    public AuditRecommendation {
        reasons = List.copyOf(reasons);
        compare = List.copyOf(compare);
    }

    private static AuditRecommendation of(Strategy strategy, List<String> reasons, Strategy... others) {
        List<String> compare = new ArrayList<>();
        for (Strategy other : others) {
            compare.add(other.label());
        }
        return new AuditRecommendation(strategy.label(), strategy.description(), reasons, compare);
    }

    /**
     * Selects the strategy.
     *
     * @param data the images to train on
     * @param groups the images by their annotation
     * @param differences how far the groups differ
     * @param agreement of boxes and masks, null when unknown
     */
    static AuditRecommendation from(
            DataSet data,
            Map<Annotation, List<Sample>> groups,
            List<AuditResult.Difference> differences,
            Agreement agreement) {
        int both = groups.get(Annotation.BOTH).size();
        int bare = groups.get(Annotation.NEITHER).size();
        int boxed = groups.get(Annotation.BOXES).size() + both;
        int masked = groups.get(Annotation.MASK).size() + both;
        int all = groups.values().stream().mapToInt(List::size).sum();
        List<String> reasons = new ArrayList<>();
        reasons.add("Of %d training images, %d have boxes and %d a mask; %d have both, %d neither."
                .formatted(all, boxed, masked, both, bare));
        if (boxed == 0 || masked == 0) {
            reasons.add("There is only one kind of annotation, so there is only one task.");
            return of(Strategy.SINGLE_TASK, reasons);
        }
        if (both >= NEARLY_ALL * all) {
            reasons.add(
                    "Nearly every image is annotated for both tasks, so there is no missing annotation that a teacher or weak labels could replace.");
            return of(Strategy.MULTI_TASK, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        Set<String> shared = new HashSet<>(imagesByClass(data, true).keySet());
        shared.retainAll(imagesByClass(data, false).keySet());
        Set<String> either = new HashSet<>(imagesByClass(data, true).keySet());
        either.addAll(imagesByClass(data, false).keySet());
        boolean masksScarce = masked <= boxed;
        String scarce = masksScarce ? "Masks" : "Boxes";
        Map<String, Integer> examples = imagesByClass(data, !masksScarce);
        reasons.add((boxed == masked
                                ? "Boxes and masks are on %2$d images each."
                                : "%1$s are the scarce annotation: %2$d images against %3$d.")
                        .formatted(scarce, Math.min(boxed, masked), Math.max(boxed, masked))
                + " %d of %d classes have boxes as well as masks.".formatted(shared.size(), either.size()));
        boolean enoughForTeacher = enoughForTeacher(Math.min(boxed, masked), scarce, examples, reasons);
        AuditResult.Difference worst = worst(differences);
        boolean similar = worst == null || worst.divergence().value() < DIFFERENT;
        if (worst != null) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "The images of \"%s\" and \"%s\" differ most in %s: %.2f bit (95 %% interval %.2f to %.2f, chance up to %.2f), %s %.1f.",
                    worst.one(),
                    worst.other(),
                    worst.what(),
                    worst.divergence().value(),
                    worst.divergence().low(),
                    worst.divergence().high(),
                    worst.divergence().chance(),
                    similar ? "below the limit of" : "at or above the limit of",
                    DIFFERENT));
        }
        boolean agree = agreement != null && agreement.boxesWithPixels() >= AGREE && agreement.pixelsInside() >= AGREE;
        reasons.add(
                agreement == null
                        ? "No image has both, so the agreement of boxes and masks is unknown."
                        : String.format(
                                Locale.ROOT,
                                "In %d images with both, %.0f %% of the boxes have a mask pixel and %.0f %% of the mask pixels lie in a box%s.",
                                agreement.images(),
                                100 * agreement.boxesWithPixels(),
                                100 * agreement.pixelsInside(),
                                agree
                                        ? ""
                                        : ": too few (" + Math.round(100 * AGREE)
                                                + " % required) to generate one from the other"));
        if (!similar) {
            reasons.add(
                    "A network trained on one group would be applied to different images, so the tasks should share only the encoder, one after the other.");
            return of(Strategy.TRANSFER, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        if (enoughForTeacher && bare >= MANY_BARE * all) {
            reasons.add(bare + " images have no annotation; only pseudo-labels can use them.");
            return of(Strategy.PSEUDO_LABELS, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        if (agree && !shared.isEmpty() && (!enoughForTeacher || masksScarce && 4 * masked < boxed)) {
            reasons.add(
                    "Boxes and masks agree, and the scarce annotation is too rare to rely on a teacher alone: weak labels of each kind should be generated from the other.");
            return of(Strategy.MULTI_TASK_WEAK, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        if (enoughForTeacher) {
            reasons.add(
                    "The groups of images are similar, and each task has enough examples for a teacher, whose outputs can replace missing annotations.");
            return of(
                    Strategy.MULTI_TASK_DISTILLATION,
                    reasons,
                    Strategy.SINGLE_TASK,
                    agree ? Strategy.MULTI_TASK_WEAK : Strategy.MULTI_TASK);
        }
        reasons.add(
                "There are too few examples to train a teacher of the scarce task, so that task should start from the encoder of the other task.");
        return of(Strategy.TRANSFER, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK);
    }

    private static boolean enoughForTeacher(
            int images, String scarce, Map<String, Integer> examples, List<String> reasons) {
        Map.Entry<String, Integer> rarest = examples.entrySet().stream()
                .min(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElse(null);
        int minImages = rarest == null ? 0 : rarest.getValue();
        boolean enough = images >= ENOUGH_IMAGES && minImages >= ENOUGH_OF_CLASS;
        reasons.add("%s: the rarest class, %s, is on %d images; %s (%d images and %d of each class required)."
                .formatted(
                        scarce,
                        rarest == null ? "none" : rarest.getKey(),
                        minImages,
                        enough ? "enough for a teacher" : "too few for a teacher",
                        ENOUGH_IMAGES,
                        ENOUGH_OF_CLASS));
        return enough;
    }

    /** For each class of the boxes, or of the masks, the number of images that contain it. */
    private static Map<String, Integer> imagesByClass(DataSet data, boolean boxes) {
        Map<String, Integer> imagesByClass = new HashMap<>();
        for (Sample sample : data.samples()) {
            Set<String> names = new HashSet<>();
            if (boxes) {
                sample.boxes()
                        .ifPresent(list ->
                                list.forEach(box -> names.add(data.boxClasses().get(box.label()))));
            } else if (sample.mask().isPresent()) {
                for (int i = 0; i < data.maskClasses().size(); i++) {
                    if (sample.mask().get().pixels().get(i + 1) > 0) {
                        names.add(data.maskClasses().get(i));
                    }
                }
            }
            names.forEach(name -> imagesByClass.merge(name, 1, Integer::sum));
        }
        return imagesByClass;
    }

    /** The largest significant difference between the images of two groups. */
    private static AuditResult.Difference worst(List<AuditResult.Difference> differences) {
        return differences.stream()
                .filter(difference -> Groups.FIGURES.containsKey(difference.what())
                        && difference.divergence().differs())
                .max(Comparator.comparingDouble(
                        difference -> difference.divergence().value()))
                .orElse(null);
    }
}
