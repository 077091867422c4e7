package tandem.model.detection;

import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;

/**
 * Focal loss on class logits (Lin et al. 2017, equation 5) with gamma 1. With p the sigmoid of a logit and T its
 * target, 1 or 0: {@code w q BCE}, where q is |T - p| and w is alpha for T = 1, 1 - alpha for T = 0. Summed over all
 * logits that are not ignored, each image times its weight, and divided by the positives of the images with a weight
 * above 0, at least 1.
 */
public final class FocalLoss {

    /** The default weight of positives against negatives. */
    public static final float ALPHA = 0.25f;

    static final int LOGITS_PER_THREAD = 16;

    private FocalLoss() {}

    /**
     * The loss, shape ().
     *
     * @param conf (N, A, C) logits, the only operand that gets a gradient
     * @param weights (N, 2), per-image weights of detection and segmentation
     */
    public static Tensor apply(Graph graph, Tensor conf, Targets targets, Tensor weights) {
        int anchors = targets.labels().shape().dim(1);
        int classes = conf.shape().dim(-1);
        DetectionShapes.require(conf, DataType.FLOAT32, targets.labels().shape().dim(0), anchors, classes);
        return new ImageLoss(
                        "focal_loss", conf, List.of(targets.labels()), weights, anchors * classes, LOGITS_PER_THREAD)
                .append(graph, 1, true, ALPHA, anchors, classes, Divisor.of(classes));
    }
}
