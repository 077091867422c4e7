package tandem.model.distillation;

import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.model.settings.DistilledImages;

/** The weight of each image in the distillation losses. */
final class DistilledImageWeights {

    private static final int NO_TEACHER = 3;

    private DistilledImageWeights() {}

    /**
     * 1 / n for the n images with this teacher, 0 for the others. An image counts as labelled when its weight is at
     * least 1; pseudo-labels have smaller weights.
     *
     * @param weights FLOAT32 (N, 2): of each image the weights of its boxes and of its mask
     * @param detection the images with the detection teacher; null without such a teacher; likewise
     *     {@code segmentation}
     * @return FLOAT32 (N, 2), one column for each teacher
     */
    static Tensor of(Graph graph, Tensor weights, DistilledImages detection, DistilledImages segmentation) {
        int n = weights.shape().dim(0);
        if (weights.type() != DataType.FLOAT32 || !weights.shape().equals(Shape.of(n, 2))) {
            throw new IllegalArgumentException(weights + " should be FLOAT32 (N, 2)");
        }
        Tensor images = graph.activation("imitation_images", weights.shape());
        KernelOperation.named("imitation_images")
                .reads(weights)
                .writes(images)
                .launch("imitation_images", 2, weights, images, choice(detection), choice(segmentation), n)
                .appendTo(graph);
        return images;
    }

    private static int choice(DistilledImages images) {
        return images == null ? NO_TEACHER : images.ordinal();
    }
}
