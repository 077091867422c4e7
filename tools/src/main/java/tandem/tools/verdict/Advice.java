package tandem.tools.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import tandem.model.metrics.BoxMatches;
import tandem.model.metrics.ConfusionCounts;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.PrecisionRecall;

/** What to try next, from the figures of an evaluation. */
final class Advice {

    /** Minimum score of the network's output, and so of every curve. */
    private static final double LOWEST_SCORE = 0.05;

    private Advice() {}

    static List<String> of(Evaluation evaluation) {
        List<String> advice = new ArrayList<>();
        boolean nothing = evaluation.boxes() != null && BoxSentences.hasLearnedNothing(evaluation.boxes())
                || evaluation.masks() != null && MaskSentences.isOnlyBackground(evaluation.masks());
        if (nothing) {
            advice.add(
                    "Train longer (--epochs or --minutes), start from trained weights (--pretrained), and train at a larger "
                            + "--size if the objects are small; check the annotation with tandem audit.");
        }
        if (evaluation.boxes() != null) {
            boxes(evaluation.boxes(), advice);
        }
        if (evaluation.masks() != null && !MaskSentences.isOnlyBackground(evaluation.masks())) {
            masks(evaluation.masks(), advice);
        }
        return advice;
    }

    private static void boxes(Evaluation.Boxes boxes, List<String> advice) {
        BoxCounts counts = BoxCounts.of(boxes);
        if (!BoxSentences.hasLearnedNothing(boxes)
                && counts.falseAlarms() > Math.max(counts.found(), boxes.images() / 10)) {
            advice.add("There are many false alarms: use a higher score than " + BoxMatches.SCORE
                    + ", and train on images without objects too.");
        }
        if (counts.objects() == 0 || BoxSentences.hasLearnedNothing(boxes)) {
            return;
        }
        size(boxes, advice);
        lowerScore(boxes, counts, advice);
        confusedPair(boxes).ifPresent(advice::add);
        counts.classes().stream()
                .filter(one -> one.figures().ap50() < 0.5 * boxes.coco().ap50())
                .min(Comparator.comparingDouble(one -> one.figures().ap50()))
                .ifPresent(one -> advice.add(
                        "Annotate more training images of " + one.name() + ", the class with the lowest AP50 ("
                                + Words.figure(one.figures().ap50()) + ")."));
    }

    private static void size(Evaluation.Boxes boxes, List<String> advice) {
        double small = boxes.coco().apSmall();
        double large = Double.isNaN(boxes.coco().apLarge())
                ? boxes.coco().apMedium()
                : boxes.coco().apLarge();
        if (small < 0.5 * large) {
            advice.add(
                    "Objects below 32 x 32 pixels are found less often (AP %s, larger ones %s): train at a larger --size."
                            .formatted(Words.figure(small), Words.figure(large)));
        }
    }

    /** Whether a lower score finds many more objects. */
    private static void lowerScore(Evaluation.Boxes boxes, BoxCounts counts, List<String> advice) {
        long atMost = 0;
        for (Evaluation.BoxClass one : boxes.classes()) {
            PrecisionRecall curve = one.curve();
            atMost += curve.detections() == 0 ? 0 : curve.truePositives()[curve.detections() - 1];
        }
        if (atMost - counts.found() > 0.2 * counts.objects()) {
            advice.add(
                    "Many objects are found only with a score below %s (%d of %d with at least %s): use a lower score if false alarms are acceptable."
                            .formatted(BoxMatches.SCORE, atMost, counts.objects(), LOWEST_SCORE));
        }
    }

    private static Optional<String> confusedPair(Evaluation.Boxes boxes) {
        ConfusionCounts counts = boxes.confusion();
        int classes = boxes.classes().size();
        long max = 0;
        String pair = null;
        for (int truth = 0; truth < classes; truth++) {
            for (int predicted = 0; predicted < classes; predicted++) {
                long count = counts.count(truth, predicted);
                if (truth != predicted && count > max && count > 0.1 * counts.ofTruth(truth) && count > 2) {
                    max = count;
                    pair = "%d of %d objects of %s are detected as %s: check the annotation of both classes."
                            .formatted(
                                    count,
                                    counts.ofTruth(truth),
                                    Words.name(counts.truth().get(truth)),
                                    Words.name(counts.predicted().get(predicted)));
                }
            }
        }
        return Optional.ofNullable(pair);
    }

    private static void masks(Evaluation.Masks masks, List<String> advice) {
        List<String> thin = MaskSentences.objects(masks).stream()
                .filter(one -> one.truePixels() > 0 && one.predictedPixels() < 0.5 * one.truePixels())
                .map(one -> Words.name(one.name()))
                .toList();
        if (!thin.isEmpty()) {
            advice.add("Too few pixels are predicted as " + Words.list(thin)
                    + ": annotate more masks of it, or use a larger --segmentation-weight.");
        }
    }
}
