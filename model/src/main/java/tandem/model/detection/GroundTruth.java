package tandem.model.detection;

import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * The annotated boxes of a batch, padded to G an image. A box without area and a negative label are not matched.
 *
 * @param boxes (N, G, 4) FLOAT32, corners as fractions of the image's width and height
 * @param labels (N, G) INT32, box classes from 0
 * @param counts (N) INT32, number of used rows of each image
 */
public record GroundTruth(Tensor boxes, Tensor labels, Tensor counts) {

    /** Rejects tensors whose shapes or types do not agree. */
    public GroundTruth {
        if (boxes.shape().rank() != 3 || boxes.shape().dim(2) != 4 || boxes.type() != DataType.FLOAT32) {
            throw new IllegalArgumentException("ground-truth boxes must be FLOAT32 (N, G, 4), not " + boxes);
        }
        DetectionShapes.require(
                labels, DataType.INT32, boxes.shape().dim(0), boxes.shape().dim(1));
        DetectionShapes.require(counts, DataType.INT32, boxes.shape().dim(0));
    }

    /** Inputs named {@code boxes}, {@code box_labels} and {@code box_counts}. */
    static GroundTruth input(Graph graph, int images, int limit) {
        return new GroundTruth(
                graph.input("boxes", DataType.FLOAT32, Shape.of(images, limit, 4)),
                graph.input("box_labels", DataType.INT32, Shape.of(images, limit)),
                graph.input("box_counts", DataType.INT32, Shape.of(images)));
    }

    /** N. */
    int images() {
        return boxes.shape().dim(0);
    }

    /** G. */
    int limit() {
        return boxes.shape().dim(1);
    }
}
