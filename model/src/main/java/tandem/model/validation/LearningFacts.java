package tandem.model.validation;

import java.util.stream.DoubleStream;
import tandem.model.data.DataSet;
import tandem.model.data.Sample;
import tandem.model.metrics.Evaluation;

/**
 * What is measured to find out whether a run has learned anything. A figure without examples is NaN.
 *
 * @param finished whether the run is at its end
 * @param segmentationLoss mean segmentation loss of the last epoch, a mean cross-entropy per pixel in nats; NaN without
 *     masks, and when another loss is part of it
 * @param maskEntropy entropy of the class frequencies of the training masks, in nats, see {@link #maskEntropy(DataSet)}
 * @param truePixels pixels of any class except background in the masks of the evaluated images
 * @param predictedPixels pixels of these images that are predicted as any class except background
 * @param foregroundIou mean intersection over union of the classes without background, in [0, 1]
 * @param trueBoxes annotated boxes of the evaluated images
 * @param maxScore highest score of a predicted box; 0 when none is above the minimum score
 * @param ap50 average precision at IoU 0.5, in [0, 1]
 */
public record LearningFacts(
        boolean finished,
        double segmentationLoss,
        double maskEntropy,
        long truePixels,
        long predictedPixels,
        double foregroundIou,
        int trueBoxes,
        float maxScore,
        double ap50) {

    /** The facts of a validation and of the loss. */
    public static LearningFacts of(
            Measurement measurement, double segmentationLoss, double maskEntropy, boolean finished) {
        Evaluation evaluation = measurement.evaluation();
        Evaluation.Masks masks = evaluation.masks();
        Evaluation.Boxes boxes = evaluation.boxes();
        return new LearningFacts(
                finished,
                segmentationLoss,
                maskEntropy,
                masks == null ? 0 : sum(masks, true),
                masks == null ? 0 : sum(masks, false),
                masks == null
                        ? Double.NaN
                        : masks.classes().stream()
                                .skip(1)
                                .mapToDouble(Evaluation.MaskClass::iou)
                                .filter(iou -> !Double.isNaN(iou))
                                .average()
                                .orElse(Double.NaN),
                boxes == null
                        ? 0
                        : boxes.classes().stream()
                                .mapToInt(Evaluation.BoxClass::truths)
                                .sum(),
                measurement.maxScore(),
                evaluation.ap50());
    }

    private static long sum(Evaluation.Masks masks, boolean truth) {
        return masks.classes().stream()
                .skip(1)
                .mapToLong(one -> truth ? one.truePixels() : one.predictedPixels())
                .sum();
    }

    /**
     * The entropy of the class frequencies of a data set's masks, in nats: the lowest mean cross-entropy of a
     * prediction that is the same for every pixel. Every image has the same influence, whatever its size, as in
     * training.
     *
     * @return NaN without masks
     */
    public static double maskEntropy(DataSet data) {
        double[] frequencies = new double[data.maskChannels()];
        int images = 0;
        for (Sample sample : data.samples()) {
            if (sample.mask().isPresent()) {
                long all = sample.mask().get().pixels().stream()
                        .mapToLong(Long::longValue)
                        .sum();
                for (int i = 0; i < frequencies.length && all > 0; i++) {
                    frequencies[i] += (double) sample.mask().get().pixels().get(i) / all;
                }
                images += all > 0 ? 1 : 0;
            }
        }
        double count = images;
        return images == 0
                ? Double.NaN
                : DoubleStream.of(frequencies)
                        .map(sum -> sum / count)
                        .filter(p -> p > 0)
                        .map(p -> -p * Math.log(p))
                        .sum();
    }
}
