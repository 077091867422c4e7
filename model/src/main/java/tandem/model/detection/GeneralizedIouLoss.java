package tandem.model.detection;

import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Tensor;

/**
 * One minus the generalized IoU (Rezatofighi et al. 2019, algorithm 1) of the decoded prediction and its ground-truth
 * box: {@code 2 - I / U - U / H} with intersection I, union U and common hull H. Weighted and normalized like
 * {@link BalancedL1Loss}. Decoding limits width and height to 62.5 times the anchor's; beyond that their gradient is 0.
 */
public final class GeneralizedIouLoss {

    private GeneralizedIouLoss() {}

    /**
     * The loss, shape ().
     *
     * @param loc (N, A, 4) encoded offsets, the only operand that gets a gradient
     * @param anchors (A, 4)
     * @param weights (N, 2), per-image weights of detection and segmentation
     */
    public static Tensor apply(Graph graph, Tensor loc, Tensor anchors, Targets targets, Tensor weights) {
        int count = targets.labels().shape().dim(1);
        DetectionShapes.requirePredictions(loc, anchors, 4);
        DetectionShapes.require(loc, DataType.FLOAT32, targets.labels().shape().dim(0), count, 4);
        return new ImageLoss(
                        "generalized_iou",
                        loc,
                        List.of(anchors, targets.boxes(), targets.boxWeights()),
                        weights,
                        count,
                        BalancedL1Loss.ANCHORS_PER_THREAD)
                .append(graph, 1, false, count);
    }
}
