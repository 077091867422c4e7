package tandem.model.validation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * A sign that a run has learned nothing, in words.
 *
 * @param kind what it is about
 * @param problem what was measured, one sentence without a period
 * @param remedy what to try, one sentence without a period
 */
public record LearningFinding(Kind kind, String problem, String remedy) {

    /** The signs. */
    public enum Kind {
        /** No pixel, or almost none, is predicted as a class. */
        BACKGROUND_ONLY,
        /** The segmentation loss is that of a constant prediction of the class frequencies. */
        CLASS_FREQUENCIES,
        /** No box has a score above the minimum score. */
        NO_CONFIDENT_BOX,
        /** At the end of a run, pixels are predicted as classes, but almost none of them correctly. */
        NO_CORRECT_PIXEL,
        /** At the end of a run, boxes are predicted, but almost none of them correctly. */
        NO_CORRECT_BOX
    }

    /** Fewer predicted pixels than this share of the annotated ones are none. */
    private static final double FEW_PIXELS = 0.001;
    /** A loss is not lower than the entropy when it is above this share of it. */
    private static final double SAME_LOSS = 0.95;
    /** The loss is about equal to the entropy below this multiple of it. */
    private static final double EQUAL_LOSS = 1.05;
    /** The minimum score of predicted boxes, see {@link tandem.model.detection.NonMaximumSuppression}. */
    private static final String MIN_SCORE = "0.05";
    /** A metric below this is none. */
    private static final double NO_METRIC = 0.02;

    private static final String LONGER =
            "train longer (--epochs), with another learning rate (--learning-rate, three times "
                    + "as high or as low) or from other initial weights (--pretrained, --seed)";
    private static final String FOR_MASKS =
            LONGER + "; or give masks more weight (--segmentation-weight) or rare classes (--dice-weight)";
    private static final String FOR_BOXES = LONGER + "; or, if objects are small, use larger input images (--size)";

    /** The signs in these facts; empty when the run has learned something. */
    public static List<LearningFinding> of(LearningFacts facts) {
        List<LearningFinding> findings = new ArrayList<>();
        boolean background =
                facts.truePixels() > 0 && facts.predictedPixels() < Math.max(1, FEW_PIXELS * facts.truePixels());
        if (background) {
            findings.add(new LearningFinding(
                    Kind.BACKGROUND_ONLY,
                    String.format(
                            Locale.ROOT,
                            "masks: the network predicts background only: %d pixels of classes are predicted, %d are "
                                    + "annotated",
                            facts.predictedPixels(),
                            facts.truePixels()),
                    FOR_MASKS));
        }
        if (facts.maskEntropy() > 0 && facts.segmentationLoss() >= SAME_LOSS * facts.maskEntropy()) {
            findings.add(new LearningFinding(
                    Kind.CLASS_FREQUENCIES,
                    String.format(
                            Locale.ROOT,
                            "masks: the segmentation loss of %.3f %s the entropy of the class frequencies of the training "
                                    + "masks, %.3f, which is the loss of the same prediction for every pixel",
                            facts.segmentationLoss(),
                            facts.segmentationLoss() < EQUAL_LOSS * facts.maskEntropy()
                                    ? "is about equal to"
                                    : "is higher than",
                            facts.maskEntropy()),
                    FOR_MASKS));
        }
        if (!background && facts.finished() && facts.truePixels() > 0 && facts.foregroundIou() < NO_METRIC) {
            findings.add(new LearningFinding(
                    Kind.NO_CORRECT_PIXEL,
                    String.format(
                            Locale.ROOT,
                            "masks: almost no pixel of a class is predicted correctly: the mean IoU without background is "
                                    + "%.3f",
                            facts.foregroundIou()),
                    FOR_MASKS));
        }
        if (facts.trueBoxes() > 0 && facts.maxScore() == 0) {
            findings.add(new LearningFinding(
                    Kind.NO_CONFIDENT_BOX,
                    "boxes: no predicted box has a score above " + MIN_SCORE + ", " + facts.trueBoxes()
                            + " boxes are annotated",
                    FOR_BOXES));
        } else if (facts.finished() && facts.trueBoxes() > 0 && facts.ap50() < NO_METRIC) {
            findings.add(new LearningFinding(
                    Kind.NO_CORRECT_BOX,
                    String.format(
                            Locale.ROOT,
                            "boxes: almost no predicted box is correct: AP50 is %.3f with %d annotated boxes",
                            facts.ap50(),
                            facts.trueBoxes()),
                    FOR_BOXES));
        }
        return findings;
    }

    /** The problems, one line each, then each remedy once. */
    public static List<String> lines(List<LearningFinding> findings) {
        return Stream.concat(
                        findings.stream().map(LearningFinding::problem),
                        findings.stream()
                                .map(LearningFinding::remedy)
                                .distinct()
                                .map(remedy -> "to try: " + remedy))
                .toList();
    }

    /** Both as one line. */
    public String line() {
        return problem + "; " + remedy;
    }
}
