package tandem.model.detection;

import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * The targets of each anchor, the result of matching. The anchors that are positive for classification and those for
 * box regression may differ.
 *
 * @param labels (N, A) INT32: the class of a positive anchor; -1 for background; -2 - c for an anchor whose logit of
 *     class c is left out of the loss (its other classes count as background)
 * @param qualities (N, A): the soft score of a positive anchor's class, 0 elsewhere
 * @param boxes (N, A, 4): encoded offsets, 0 where the weight is 0
 * @param boxWeights (N, A): weight of the anchor in the box loss, 0 for none
 */
public record Targets(Tensor labels, Tensor qualities, Tensor boxes, Tensor boxWeights) {

    /** Rejects tensors whose shapes or types do not agree. */
    public Targets {
        if (labels.shape().rank() != 2 || labels.type() != DataType.INT32) {
            throw new IllegalArgumentException("target labels must be INT32 (N, A), not " + labels);
        }
        int images = labels.shape().dim(0);
        int anchors = labels.shape().dim(1);
        DetectionShapes.require(qualities, DataType.FLOAT32, images, anchors);
        DetectionShapes.require(boxes, DataType.FLOAT32, images, anchors, 4);
        DetectionShapes.require(boxWeights, DataType.FLOAT32, images, anchors);
    }

    /** Tensors for an operation's results. */
    static Targets activations(Graph graph, int images, int anchors) {
        return new Targets(
                graph.activation("target_labels", DataType.INT32, Shape.of(images, anchors)),
                graph.activation("target_qualities", Shape.of(images, anchors)),
                graph.activation("target_boxes", Shape.of(images, anchors, 4)),
                graph.activation("target_box_weights", Shape.of(images, anchors)));
    }
}
