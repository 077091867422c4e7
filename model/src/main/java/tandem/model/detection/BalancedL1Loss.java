package tandem.model.detection;

import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Tensor;

/**
 * Balanced L1 loss on encoded offsets (Pang et al. 2019, "Libra R-CNN", equation 9) with alpha 0.5, gamma 1.5, beta
 * 0.11 and b = exp(gamma / alpha) - 1. For d = |prediction - target| below beta it is {@code alpha / b (b d + 1) ln(b d
 * / beta + 1) - alpha d}, from beta on {@code gamma d + gamma / b - alpha beta}. The four offsets are averaged; anchors
 * are weighted with their box weight and their image's weight; the sum is divided by the box weights of the images with
 * a weight above 0, at least 1.
 */
public final class BalancedL1Loss {

    static final int ANCHORS_PER_THREAD = 4;

    private BalancedL1Loss() {}

    /**
     * The loss, shape ().
     *
     * @param loc (N, A, 4) encoded offsets, the only operand that gets a gradient
     * @param weights (N, 2), per-image weights of detection and segmentation
     */
    public static Tensor apply(Graph graph, Tensor loc, Targets targets, Tensor weights) {
        int anchors = targets.labels().shape().dim(1);
        DetectionShapes.require(loc, DataType.FLOAT32, targets.labels().shape().dim(0), anchors, 4);
        return new ImageLoss(
                        "balanced_l1",
                        loc,
                        List.of(targets.boxes(), targets.boxWeights()),
                        weights,
                        anchors,
                        ANCHORS_PER_THREAD)
                .append(graph, 0.25f, false, anchors);
    }
}
