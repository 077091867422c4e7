package tandem.model.detection;

import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Checks of operands before a kernel launch. */
final class DetectionShapes {

    private DetectionShapes() {}

    /** Requires that type and shape. */
    static void require(Tensor tensor, DataType type, int... dims) {
        if (tensor.type() != type || !tensor.shape().equals(Shape.of(dims))) {
            throw new IllegalArgumentException(tensor + " should be " + type + Shape.of(dims));
        }
    }

    /** Requires (N, A, last) FLOAT32 predictions for these (A, 4) anchors. */
    static void requirePredictions(Tensor predictions, Tensor anchors, int last) {
        if (anchors.type() != DataType.FLOAT32
                || anchors.shape().rank() != 2
                || anchors.shape().dim(1) != 4) {
            throw new IllegalArgumentException(anchors + " should be anchors, FLOAT32 (A, 4)");
        }
        if (predictions.shape().rank() != 3) {
            throw new IllegalArgumentException(predictions + " should have the three dimensions (N, A, " + last + ")");
        }
        require(
                predictions,
                DataType.FLOAT32,
                predictions.shape().dim(0),
                anchors.shape().dim(0),
                last);
    }
}
