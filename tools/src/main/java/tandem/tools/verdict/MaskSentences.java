package tandem.tools.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import tandem.model.metrics.Evaluation;

/** How well a network segments, in sentences. */
final class MaskSentences {

    /** Below this share of the true pixels of objects, what is predicted as objects is nothing. */
    private static final double NOTHING = 0.001;

    private MaskSentences() {}

    static String of(Evaluation.Masks masks) {
        if (objectPixels(masks) == 0) {
            return withoutObjects(masks);
        }
        StringBuilder text = new StringBuilder();
        if (isOnlyBackground(masks)) {
            text.append("The network learned nothing: it predicts background for ")
                    .append(predictedObjectPixels(masks) == 0 ? "every pixel" : "nearly every pixel")
                    .append(" of ")
                    .append(Words.count(masks.images(), "image"))
                    .append(". mIoU is ")
                    .append(Words.figure(masks.miou()))
                    .append("; the ")
                    .append(Words.percent(masks.pixelAccuracy()))
                    .append(" of correct pixels are only the share of background.");
        } else {
            text.append("Segmentation of pixels is ")
                    .append(Words.grade(masks.miou()))
                    .append(": mIoU is ")
                    .append(Words.figure(masks.miou()))
                    .append(" (the maximum is 1); ")
                    .append(Words.percent(masks.pixelAccuracy()))
                    .append(" of the pixels have the correct class.")
                    .append(byClass(masks))
                    .append(confused(masks));
        }
        List<String> absent = objects(masks).stream()
                .filter(one -> one.truePixels() == 0)
                .map(one -> Words.name(one.name()))
                .toList();
        if (!absent.isEmpty()) {
            text.append(" Not measured, because these masks have no pixel of it: ")
                    .append(Words.list(absent))
                    .append('.');
        }
        return text.toString();
    }

    /** Whether the truth has pixels of objects and the prediction has none or next to none. */
    static boolean isOnlyBackground(Evaluation.Masks masks) {
        return objectPixels(masks) > 0 && predictedObjectPixels(masks) < NOTHING * objectPixels(masks);
    }

    /** The classes except the background. */
    static List<Evaluation.MaskClass> objects(Evaluation.Masks masks) {
        return masks.classes().subList(1, masks.classes().size());
    }

    private static long objectPixels(Evaluation.Masks masks) {
        return objects(masks).stream()
                .mapToLong(Evaluation.MaskClass::truePixels)
                .sum();
    }

    private static long predictedObjectPixels(Evaluation.Masks masks) {
        return objects(masks).stream()
                .mapToLong(Evaluation.MaskClass::predictedPixels)
                .sum();
    }

    private static String withoutObjects(Evaluation.Masks masks) {
        long alarms = predictedObjectPixels(masks);
        long all = masks.classes().get(0).truePixels();
        return "The masks of the " + Words.count(masks.images(), "held-out image")
                + " have only background; the network predicts "
                + (alarms == 0
                        ? "only background too"
                        : Words.percent((double) alarms / all) + " of their pixels as objects")
                + ". Images with objects are needed to measure what it segments.";
    }

    private static String byClass(Evaluation.Masks masks) {
        List<String> classes = objects(masks).stream()
                .filter(one -> one.truePixels() > 0)
                .sorted(Comparator.comparingDouble(Evaluation.MaskClass::iou).reversed())
                .map(one -> Words.name(one.name()) + " " + Words.figure(one.iou()))
                .toList();
        return classes.size() < 2 ? "" : " IoU by class, best first: " + Words.list(classes) + ".";
    }

    /** What becomes of the classes of which less than half of the pixels are correct. */
    private static String confused(Evaluation.Masks masks) {
        List<String> classes = new ArrayList<>();
        IntStream.range(1, masks.classes().size())
                .filter(value -> masks.classes().get(value).accuracy() < 0.5)
                .boxed()
                .sorted(Comparator.comparingDouble(
                        value -> masks.classes().get(value).accuracy()))
                .forEach(value -> {
                    Evaluation.MaskClass one = masks.classes().get(value);
                    int instead = IntStream.range(0, masks.classes().size())
                            .filter(other -> other != value)
                            .boxed()
                            .max(Comparator.comparingLong(
                                    other -> masks.confusion().count(value, other)))
                            .orElseThrow();
                    classes.add("%s of %s are predicted as %s"
                            .formatted(
                                    Words.percent((double) masks.confusion().count(value, instead) / one.truePixels()),
                                    Words.name(one.name()),
                                    Words.name(masks.classes().get(instead).name())));
                });
        return classes.isEmpty() ? "" : " Of the true pixels, " + Words.list(classes) + ".";
    }
}
