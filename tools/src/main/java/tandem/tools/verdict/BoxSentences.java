package tandem.tools.verdict;

import java.util.Comparator;
import java.util.List;
import tandem.model.metrics.BoxMatches;
import tandem.model.metrics.Evaluation;

/** What a network finds and misses, in sentences. */
final class BoxSentences {

    /** Below this AP50 a network has learned nothing that can be used. */
    static final double NOTHING = 0.02;

    private BoxSentences() {}

    static String of(Evaluation.Boxes boxes) {
        BoxCounts counts = BoxCounts.of(boxes);
        if (counts.objects() == 0) {
            return withoutObjects(boxes, counts);
        }
        StringBuilder text = new StringBuilder();
        if (isWithoutDetections(boxes)) {
            text.append("The network learned nothing: it reports no box in ")
                    .append(Words.count(boxes.images(), "image"))
                    .append(" with ")
                    .append(Words.count(counts.objects(), "annotated object"))
                    .append("; no score reaches 0.05.");
        } else if (hasLearnedNothing(boxes)) {
            text.append("The network learned almost nothing: AP50 is ")
                    .append(Words.figure(boxes.coco().ap50()))
                    .append(" (the maximum is 1). ");
            text.append(found(boxes, counts));
        } else {
            text.append("Detection of objects is ")
                    .append(Words.grade(boxes.coco().ap50()))
                    .append(": AP50 is ")
                    .append(Words.figure(boxes.coco().ap50()))
                    .append(" (the maximum is 1). ")
                    .append(found(boxes, counts))
                    .append(byClass(counts))
                    .append(missed(counts));
        }
        List<String> absent = boxes.classes().stream()
                .filter(one -> one.truths() == 0)
                .map(one -> Words.name(one.name()))
                .toList();
        if (!absent.isEmpty()) {
            text.append(" Not measured, because these images have no annotated example: ")
                    .append(Words.list(absent))
                    .append('.');
        }
        return text.toString();
    }

    /** Whether no detection reaches the minimum score of the network's output. */
    static boolean isWithoutDetections(Evaluation.Boxes boxes) {
        return boxes.classes().stream().allMatch(one -> one.detections() == 0);
    }

    /** Whether objects are annotated and next to none is found. */
    static boolean hasLearnedNothing(Evaluation.Boxes boxes) {
        return boxes.coco().ap50() < NOTHING;
    }

    private static String withoutObjects(Evaluation.Boxes boxes, BoxCounts counts) {
        String images = Words.count(boxes.images(), "held-out image");
        return counts.falseAlarms() == 0
                ? "The " + images + " have no annotated object, and the network reports none (score of at least "
                        + BoxMatches.SCORE + "). Images with objects are needed to measure what it finds."
                : "The " + images + " have no annotated object, but the network reports "
                        + Words.count(counts.falseAlarms(), "box") + " (score of at least " + BoxMatches.SCORE + "): "
                        + perImage(counts.falseAlarms(), boxes.images())
                        + ". Images with objects are needed to measure what it finds.";
    }

    private static String found(Evaluation.Boxes boxes, BoxCounts counts) {
        StringBuilder text = new StringBuilder("With a score of at least ")
                .append(BoxMatches.SCORE)
                .append(" it finds ")
                .append(counts.found())
                .append(" of ")
                .append(Words.count(counts.objects(), "annotated object"))
                .append(" (")
                .append(Words.percent(counts.recall()))
                .append(')');
        if (counts.confused() > 0) {
            text.append(", gives another class to ").append(counts.confused());
        }
        return text.append(", misses ")
                .append(counts.missed())
                .append(", and reports ")
                .append(Words.count(counts.falseAlarms(), "box"))
                .append(" without an object (")
                .append(perImage(counts.falseAlarms(), boxes.images()))
                .append(").")
                .toString();
    }

    private static String byClass(BoxCounts counts) {
        if (counts.classes().size() < 2) {
            return "";
        }
        List<String> classes = counts.classes().stream()
                .sorted(Comparator.comparingDouble(
                        (BoxCounts.OfClass one) -> -one.figures().ap50()))
                .map(one -> "%s %d of %d (AP50 %s)"
                        .formatted(
                                one.name(),
                                one.found(),
                                one.objects(),
                                Words.figure(one.figures().ap50())))
                .toList();
        return " Found by class, best first: " + Words.list(classes) + ".";
    }

    private static String missed(BoxCounts counts) {
        return counts.classes().stream()
                .filter(one -> 2 * one.missed() > one.objects())
                .max(Comparator.comparingLong(BoxCounts.OfClass::missed))
                .map(one -> " Most of the missed objects of one class are " + one.name() + ": " + one.missed() + " of "
                        + one.objects() + " are not found.")
                .orElse("");
    }

    private static String perImage(long boxes, int images) {
        return Words.figure((double) boxes / images) + " per image";
    }
}
