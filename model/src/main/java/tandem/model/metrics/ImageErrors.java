package tandem.model.metrics;

import java.util.List;

/**
 * The errors of the predictions for one image.
 *
 * @param boxes matches of detections with a score of at least {@link BoxMatches#SCORE}; null when the image has no
 *     annotated boxes
 * @param objectIou of the pixels that are an object in the truth or in the prediction, the share with the same class in
 *     both; NaN when there is no such pixel or the image has no mask
 */
public record ImageErrors(BoxMatches boxes, double objectIou) {

    /**
     * Compares the predictions of an image with the truth.
     *
     * @param detections may be null when {@code truth} is
     * @param truth annotated boxes, or null
     * @param predictedMask may be null when {@code trueMask} is
     * @param trueMask true class of each pixel, or null
     */
    public static ImageErrors of(
            List<Detection> detections, List<TruthBox> truth, byte[] predictedMask, byte[] trueMask) {
        return new ImageErrors(
                truth == null ? null : BoxMatches.of(detections, truth, BoxMatches.SCORE),
                trueMask == null ? Double.NaN : objectIou(predictedMask, trueMask));
    }

    private static double objectIou(byte[] predicted, byte[] truth) {
        long same = 0;
        long any = 0;
        for (int i = 0; i < truth.length; i++) {
            if ((truth[i] & 0xff) != Evaluator.IGNORED_PIXEL && (truth[i] != 0 || predicted[i] != 0)) {
                any++;
                same += truth[i] == predicted[i] ? 1 : 0;
            }
        }
        return any == 0 ? Double.NaN : (double) same / any;
    }

    /** Objects that are not found or get another class. */
    public long failures() {
        return boxes == null
                ? 0
                : boxes.missed().size()
                        + boxes.pairs().stream().filter(pair -> !pair.isRight()).count();
    }

    /**
     * How wrong the predictions are, to rank images: missed objects and wrong classes count 1, false alarms 0.5, and
     * the mask one minus its {@link #objectIou}.
     */
    public double badness() {
        return failures()
                + (boxes == null ? 0 : 0.5 * boxes.falseAlarms().size())
                + (Double.isNaN(objectIou) ? 0 : 1 - objectIou);
    }
}
