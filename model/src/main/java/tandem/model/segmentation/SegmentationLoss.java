package tandem.model.segmentation;

import java.util.Arrays;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Require;
import tandem.kernels.Grid;

/** Losses of the segmentation head. */
public final class SegmentationLoss {

    /** The label of a pixel that does not count. */
    public static final int IGNORED = 255;

    private static final int BLOCK = 256;
    private static final String NAME = "segmentation_loss";

    private SegmentationLoss() {}

    /**
     * Softmax cross-entropy, summed over all pixels that count, each times its image's weight, and divided by the number of
     * pixels that count, at least 1. A pixel counts when its label is not {@link #IGNORED} and its image's weight is above 0;
     * all others have no loss and a gradient of 0, whatever their logits. A label that is neither a class nor ignored makes
     * loss and gradient NaN. Stable for logits of any size, as the largest is subtracted first.
     *
     * @param logits FLOAT32 (N, H, W, C), C in 1..256; the gradient goes here alone
     * @param mask UINT8 (N, H, W)
     * @param imageWeights FLOAT32 (N, 2): of each image the weight in the detection loss, then in this one
     * @return a scalar
     */
    public static Tensor crossEntropy(Graph graph, Tensor logits, Tensor mask, Tensor imageWeights) {
        Require.float32(NAME, logits, imageWeights);
        Require.type(NAME, mask, DataType.UINT8);
        Require.layout(NAME, logits, "(N, H, W, C)");
        Shape shape = logits.shape();
        int classes = shape.side(3);
        if (classes < 1 || classes > 256) {
            throw new IllegalArgumentException(NAME + " needs 1 to 256 classes, got " + logits);
        }
        if (!mask.shape().equals(Shape.of(shape.side(0), shape.side(1), shape.side(2)))) {
            throw new IllegalArgumentException(NAME + " needs a label for each pixel of " + logits + ", got " + mask);
        }
        if (!imageWeights.shape().equals(Shape.of(shape.side(0), 2))) {
            throw new IllegalArgumentException(NAME + " needs two weights for each image of " + logits + ", got " + imageWeights);
        }
        int pixels = Require.count(NAME, logits) / classes;
        int blocks = Math.max(1, (pixels + BLOCK - 1) / BLOCK);
        Divisor image = Divisor.of(Math.max(1, shape.side(1) * shape.side(2)));
        Tensor loss = graph.activation(NAME, Shape.of());
        Tensor softmax = graph.activation("segmentation_softmax", Shape.of(shape.side(0), shape.side(1), shape.side(2), 2));
        Tensor factor = graph.activation("segmentation_factor", Shape.of());
        KernelOperation operation = KernelOperation.named(NAME).reads(logits, mask, imageWeights).writes(loss, softmax, factor);
        KernelOperation.Scratch losses = operation.scratch((long) blocks * Float.BYTES);
        KernelOperation.Scratch counts = operation.scratch((long) blocks * Integer.BYTES);
        operation
                .launch("segmentation_loss_forward", Grid.of(blocks, BLOCK), logits, mask, imageWeights, softmax, losses, counts,
                        pixels, classes, image.magic(), image.shift())
                .launch("segmentation_loss_finish", Grid.of(1, BLOCK), losses, counts, blocks, loss, factor)
                .gradient((g, upstream, wanted) -> {
                    Tensor dlogits = g.activation("d_" + NAME, shape);
                    KernelOperation.named("segmentation_loss_backward")
                            .reads(logits, mask, imageWeights, softmax, factor, upstream.get(0)).writes(dlogits)
                            .launch("segmentation_loss_backward", pixels, logits, mask, imageWeights, softmax, factor,
                                    upstream.get(0), dlogits, pixels, classes, image.magic(), image.shift())
                            .appendTo(g);
                    return Arrays.asList(dlogits, null, null);
                })
                .appendTo(graph);
        return loss;
    }
}
