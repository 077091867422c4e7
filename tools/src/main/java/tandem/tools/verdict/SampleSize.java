package tandem.tools.verdict;

import java.util.ArrayList;
import java.util.List;
import org.apache.commons.math3.stat.interval.ConfidenceInterval;
import org.apache.commons.math3.stat.interval.WilsonScoreInterval;
import tandem.model.metrics.Evaluation;

/** Whether the held-out images are enough for the figures, in sentences. */
final class SampleSize {

    /** Objects of a class below which its figures can change strongly with other images. */
    private static final int FEW_OBJECTS = 30;
    /** The same for images with pixels of a class. */
    private static final int FEW_IMAGES = 10;

    private SampleSize() {}

    /** Sentences; empty when there is nothing to measure. */
    static String of(Evaluation evaluation) {
        List<String> sentences = new ArrayList<>();
        if (evaluation.boxes() != null) {
            boxes(BoxCounts.of(evaluation.boxes()), sentences);
        }
        if (evaluation.masks() != null) {
            masks(evaluation.masks(), sentences);
        }
        return String.join(" ", sentences);
    }

    private static void boxes(BoxCounts counts, List<String> sentences) {
        if (counts.objects() == 0) {
            return;
        }
        List<String> few = counts.classes().stream()
                .filter(one -> one.objects() < FEW_OBJECTS)
                .map(one -> "%s (%s: %s)"
                        .formatted(
                                one.name(), Words.count(one.objects(), "object"), interval(one.found(), one.objects())))
                .toList();
        sentences.add(
                "With %s the share of found objects is %s (95 %% interval, Wilson; wider where objects of one image are alike)."
                        .formatted(
                                Words.count(counts.objects(), "object"), interval(counts.found(), counts.objects())));
        sentences.add(
                few.isEmpty()
                        ? "Every measured class has at least " + FEW_OBJECTS
                                + " objects: enough for the figures by class."
                        : "Too few for a figure by class, with the interval of the share found: " + Words.list(few)
                                + ".");
    }

    private static void masks(Evaluation.Masks masks, List<String> sentences) {
        List<Evaluation.MaskClass> present = MaskSentences.objects(masks).stream()
                .filter(one -> one.truePixels() > 0)
                .toList();
        if (present.isEmpty()) {
            return;
        }
        List<String> few = present.stream()
                .filter(one -> one.images() < FEW_IMAGES)
                .map(one -> Words.name(one.name()) + " (" + one.images() + ")")
                .toList();
        sentences.add(
                few.isEmpty()
                        ? "Every mask class is in at least " + FEW_IMAGES + " images."
                        : "Mask classes in fewer than " + FEW_IMAGES
                                + " images, too few for their IoU (number of images): " + Words.list(few) + ".");
    }

    private static String interval(long found, long objects) {
        ConfidenceInterval interval = new WilsonScoreInterval().createInterval((int) objects, (int) found, 0.95);
        return Words.percent(Math.max(0, interval.getLowerBound())) + " to "
                + Words.percent(Math.min(1, interval.getUpperBound()));
    }
}
