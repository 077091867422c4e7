package tandem.model.detection;

import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;

/**
 * Quality focal loss on class logits (Li et al. 2020, "Generalized Focal Loss", equation 3) with exponent 2, times 2.
 * With p the sigmoid of a logit and T its target, the quality of a positive anchor and 0 elsewhere: {@code 2 (T - p)^2
 * BCE}. Summed over all logits that are not ignored, each image times its weight, and divided by the logits with T
 * above 0 in images with a weight above 0, at least 1.
 */
public final class QualityFocalLoss {

    /** Factor of the normalized sum. */
    public static final float SCALE = 2;

    private QualityFocalLoss() {}

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
                        "quality_focal_loss",
                        conf,
                        List.of(targets.labels(), targets.qualities()),
                        weights,
                        anchors * classes,
                        FocalLoss.LOGITS_PER_THREAD)
                .append(graph, SCALE, true, anchors, classes, Divisor.of(classes));
    }
}
