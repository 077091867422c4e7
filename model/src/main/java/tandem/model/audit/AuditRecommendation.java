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
 * A strategy to begin with. It is a rule of thumb, written out with its numbers so that people can disagree; a study
 * measures it.
 *
 * @param strategy name of the strategy
 * @param description what it does
 * @param reasons the numbers that led to it, in plain words
 * @param compare names of the strategies worth measuring against it, single-task first
 */
public record AuditRecommendation(String strategy, String description, List<String> reasons, List<String> compare) {

    /** Share of fully annotated images from which nothing is left for another strategy to fill in. */
    private static final double NEARLY_ALL = 0.9;
    /** Images of a kind, and of each class in it, from which a network alone can learn enough to teach. */
    private static final int ENOUGH_IMAGES = 50;

    private static final int ENOUGH_OF_CLASS = 20;
    /** Divergence in bits from which pictures of two groups count as unlike. */
    private static final double UNLIKE = 0.3;
    /** Share of boxes with mask pixels, and of mask pixels in boxes, from which one tells of the other. */
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
     * Weighs the numbers.
     *
     * @param data the images to train on
     * @param groups them by what they carry
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
        reasons.add("Of %d images to train on, %d carry boxes and %d a mask; %d carry both, %d neither."
                .formatted(all, boxed, masked, both, bare));
        if (boxed == 0 || masked == 0) {
            reasons.add("There is only one kind of annotation, so there is nothing to share.");
            return of(Strategy.SINGLE_TASK, reasons);
        }
        if (both >= NEARLY_ALL * all) {
            reasons.add(
                    "Nearly every image teaches both tasks, so no annotation is missing that a teacher or a weak loss could fill in.");
            return of(Strategy.MULTI_TASK, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        Set<String> shared = new HashSet<>(shown(data, true).keySet());
        shared.retainAll(shown(data, false).keySet());
        Set<String> either = new HashSet<>(shown(data, true).keySet());
        either.addAll(shown(data, false).keySet());
        boolean masksScarce = masked <= boxed;
        String scarce = masksScarce ? "Masks" : "Boxes";
        Map<String, Integer> examples = shown(data, !masksScarce);
        reasons.add((boxed == masked
                                ? "Boxes and masks are on %2$d images each."
                                : "%1$s are the scarce kind: %2$d images against %3$d.")
                        .formatted(scarce, Math.min(boxed, masked), Math.max(boxed, masked))
                + " %d of %d classes have boxes as well as masks.".formatted(shared.size(), either.size()));
        boolean canTeach = canTeach(Math.min(boxed, masked), scarce, examples, reasons);
        AuditResult.Difference worst = worst(differences);
        boolean alike = worst == null || worst.divergence().value() < UNLIKE;
        if (worst != null) {
            reasons.add(String.format(
                    Locale.ROOT,
                    "The pictures of \"%s\" and \"%s\" differ most in %s: %.2f bit (95 %% interval %.2f to %.2f, chance up to %.2f), %s %.1f.",
                    worst.one(),
                    worst.other(),
                    worst.what(),
                    worst.divergence().value(),
                    worst.divergence().low(),
                    worst.divergence().high(),
                    worst.divergence().chance(),
                    alike ? "below the limit of" : "at or above the limit of",
                    UNLIKE));
        }
        boolean agree = agreement != null && agreement.boxesWithPixels() >= AGREE && agreement.pixelsInside() >= AGREE;
        reasons.add(
                agreement == null
                        ? "No image carries both, so whether boxes and masks show the same things is unknown."
                        : String.format(
                                Locale.ROOT,
                                "In %d images that carry both, %.0f %% of the boxes have a mask pixel and %.0f %% of the mask pixels lie in a box%s.",
                                agreement.images(),
                                100 * agreement.boxesWithPixels(),
                                100 * agreement.pixelsInside(),
                                agree
                                        ? ""
                                        : ": too few (" + Math.round(100 * AGREE)
                                                + " % wanted) to make one from the other"));
        if (!alike) {
            reasons.add(
                    "What is learnt on one group would be applied to pictures unlike it, so the tasks should meet only in the encoder, one after the other.");
            return of(Strategy.TRANSFER, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        if (canTeach && bare >= MANY_BARE * all) {
            reasons.add(bare + " images carry nothing at all; only what a network predicts on them can use them.");
            return of(Strategy.PSEUDO_LABELS, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        if (agree && !shared.isEmpty() && (!canTeach || masksScarce && 4 * masked < boxed)) {
            reasons.add(
                    "Boxes and masks agree, and the scarce kind is too scarce to rely on a teacher alone: each kind should make examples of the other.");
            return of(Strategy.MULTI_TASK_WEAK, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK_DISTILLATION);
        }
        if (canTeach) {
            reasons.add(
                    "The pictures are alike and each task has enough examples for a teacher, whose outputs can stand in for what an image lacks.");
            return of(
                    Strategy.MULTI_TASK_DISTILLATION,
                    reasons,
                    Strategy.SINGLE_TASK,
                    agree ? Strategy.MULTI_TASK_WEAK : Strategy.MULTI_TASK);
        }
        reasons.add(
                "A teacher of the scarce kind would have too little to learn from, so that task should rather start from the other's encoder.");
        return of(Strategy.TRANSFER, reasons, Strategy.SINGLE_TASK, Strategy.MULTI_TASK);
    }

    private static boolean canTeach(int images, String scarce, Map<String, Integer> examples, List<String> reasons) {
        Map.Entry<String, Integer> rarest = examples.entrySet().stream()
                .min(Map.Entry.<String, Integer>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                .orElse(null);
        int fewest = rarest == null ? 0 : rarest.getValue();
        boolean enough = images >= ENOUGH_IMAGES && fewest >= ENOUGH_OF_CLASS;
        reasons.add("%s: the rarest class, %s, is on %d images; %s (%d images and %d of each class wanted)."
                .formatted(
                        scarce,
                        rarest == null ? "none" : rarest.getKey(),
                        fewest,
                        enough ? "enough for a teacher" : "too few for a teacher",
                        ENOUGH_IMAGES,
                        ENOUGH_OF_CLASS));
        return enough;
    }

    /** Classes that occur among the boxes, or else among the masks, and on how many images. */
    private static Map<String, Integer> shown(DataSet data, boolean boxes) {
        Map<String, Integer> shown = new HashMap<>();
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
            names.forEach(name -> shown.merge(name, 1, Integer::sum));
        }
        return shown;
    }

    /** The largest difference between pictures of two groups that chance does not explain. */
    private static AuditResult.Difference worst(List<AuditResult.Difference> differences) {
        return differences.stream()
                .filter(difference -> Groups.FIGURES.containsKey(difference.what())
                        && difference.divergence().differs())
                .max(Comparator.comparingDouble(
                        difference -> difference.divergence().value()))
                .orElse(null);
    }
}
