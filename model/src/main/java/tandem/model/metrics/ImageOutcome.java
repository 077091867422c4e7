package tandem.model.metrics;

import java.util.ArrayList;
import java.util.List;

/**
 * The matches of one image: sufficient to compute figures over any set of images with weights
 * ({@link WeightedEvaluation}).
 *
 * @param image its name
 * @param boxes by label; null when its boxes are not annotated or not predicted
 * @param pixels (classes, classes) pixels by true and predicted class, true class outermost; null when it has no mask
 *     or no predicted mask
 */
public record ImageOutcome(String image, List<ClassOutcome> boxes, long[] pixels) {

    /**
     * The detections of one class by decreasing score.
     *
     * @param truths number of annotated objects that are not ignored
     * @param scores of the detections
     * @param right for each detection one bit per threshold 0.50, 0.55, ... 0.95, lowest bit first: whether it is a
     *     true positive
     * @param ignored likewise: whether it is ignored
     */
    public record ClassOutcome(int truths, double[] scores, int[] right, int[] ignored) {

        /** Checks the lengths. */
        public ClassOutcome {
            if (scores.length != right.length || scores.length != ignored.length) {
                throw new IllegalArgumentException("an outcome of " + scores.length + " scores has " + right.length
                        + " and " + ignored.length + " matches");
            }
        }
    }

    /**
     * Matches the predictions of one image by the rules of COCO, difficult boxes ignored.
     *
     * @param boxClasses number of box classes
     * @param maskChannels number of mask classes, background included
     * @param detections the predictions; may be null when {@code truth} is
     * @param truth annotated boxes, or null
     * @param predictedMask may be null when {@code trueMask} is
     * @param trueMask true class of each pixel, or null
     */
    public static ImageOutcome of(
            String image,
            int boxClasses,
            int maskChannels,
            List<Detection> detections,
            List<TruthBox> truth,
            byte[] predictedMask,
            byte[] trueMask) {
        List<ClassOutcome> boxes = null;
        if (truth != null) {
            CocoEvaluator coco = new CocoEvaluator(boxClasses);
            coco.add(
                    0,
                    detections.stream().map(CocoEvaluator.Prediction::of).toList(),
                    truth.stream().map(CocoEvaluator.Truth::of).toList());
            boxes = new ArrayList<>();
            for (int label = 0; label < boxClasses; label++) {
                boxes.add(coco.outcome(label));
            }
        }
        long[] pixels = null;
        if (trueMask != null) {
            ConfusionMatrix confusion = new ConfusionMatrix(maskChannels, Evaluator.IGNORED_PIXEL);
            confusion.add(predictedMask, trueMask);
            pixels = new long[maskChannels * maskChannels];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = confusion.count(i / maskChannels, i % maskChannels);
            }
        }
        return new ImageOutcome(image, boxes, pixels);
    }
}
