package tandem.model.validation;

import tandem.model.metrics.Evaluation;

/**
 * The result of one validation.
 *
 * @param evaluation all figures
 * @param maxScore highest score of a predicted box, in [0, 1]; 0 when no score is above the minimum of
 *     {@link tandem.model.detection.NonMaximumSuppression.Settings#DEFAULT}
 * @param seconds duration
 */
public record Measurement(Evaluation evaluation, float maxScore, double seconds) {

    /** The score that the best weights are selected by, see {@link #score(Evaluation)}. */
    public double score() {
        return score(evaluation);
    }

    /**
     * The score of an evaluation: the mean of AP50 and mIoU, or the one of them that the images are annotated for; NaN
     * when they are annotated for neither.
     */
    public static double score(Evaluation evaluation) {
        double ap50 = evaluation.ap50();
        double miou = evaluation.miou();
        return Double.isNaN(ap50) ? miou : Double.isNaN(miou) ? ap50 : (ap50 + miou) / 2;
    }
}
