package tandem.model.segmentation;

import java.util.Arrays;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Interpolation;
import tandem.engine.operation.Require;
import tandem.engine.operation.Upsample;
import tandem.kernels.Catalogue;

/** Losses of the segmentation head. */
public final class SegmentationLoss {

    /** The label of a pixel that does not count. */
    public static final int IGNORED = 255;

    private static final String NAME = "segmentation_loss";

    private SegmentationLoss() {}

    /**
     * Softmax cross-entropy, summed over all pixels that count, each times its image's weight, and divided by the
     * number of pixels that count, at least 1. A pixel counts when its label is not {@link #IGNORED} and its image's
     * weight is above 0; all others have no loss and a gradient of 0, whatever their logits. A label that is neither a
     * class nor ignored makes loss and gradient NaN. Stable for logits of any size, as the largest is subtracted first.
     *
     * @param logits FLOAT32 (N, H, W, C), C in 1..256; the gradient goes here alone
     * @param mask UINT8 (N, H, W)
     * @param imageWeights FLOAT32 (N, 2): of each image the weight in the detection loss, then in this one
     * @return a scalar
     */
    public static Tensor crossEntropy(Graph graph, Tensor logits, Tensor mask, Tensor imageWeights) {
        requireInputs(logits, mask, imageWeights);
        Shape shape = logits.shape();
        int classes = shape.dim(3);
        if (!mask.shape().equals(Shape.of(shape.dim(0), shape.dim(1), shape.dim(2)))) {
            throw new IllegalArgumentException(NAME + " needs a label for each pixel of " + logits + ", got " + mask);
        }
        int pixels = Require.count(NAME, logits) / classes;
        int blocks = Catalogue.find("segmentation_loss_forward").blockCount(pixels, 1);
        Divisor image = Divisor.of(Math.max(1, shape.dim(1) * shape.dim(2)));
        Tensor loss = graph.activation(NAME, Shape.of());
        Tensor softmax =
                graph.activation("segmentation_softmax", Shape.of(shape.dim(0), shape.dim(1), shape.dim(2), 2));
        Tensor factor = graph.activation("segmentation_factor", Shape.of());
        KernelOperation operation =
                KernelOperation.named(NAME).reads(logits, mask, imageWeights).writes(loss, softmax, factor);
        KernelOperation.Scratch losses = operation.scratch((long) blocks * Float.BYTES);
        KernelOperation.Scratch counts = operation.scratch((long) blocks * Integer.BYTES);
        operation
                .launchBlocks(
                        "segmentation_loss_forward",
                        blocks,
                        logits,
                        mask,
                        imageWeights,
                        softmax,
                        losses,
                        counts,
                        pixels,
                        classes,
                        image.magic(),
                        image.shift())
                .launchBlocks("segmentation_loss_finish", 1, losses, counts, blocks, loss, factor)
                .gradient((g, upstream, wanted) -> {
                    Tensor dlogits = g.activation("d_" + NAME, shape);
                    KernelOperation.named("segmentation_loss_backward")
                            .reads(logits, mask, imageWeights, softmax, factor, upstream.get(0))
                            .writes(dlogits)
                            .launch(
                                    "segmentation_loss_backward",
                                    pixels,
                                    logits,
                                    mask,
                                    imageWeights,
                                    softmax,
                                    factor,
                                    upstream.get(0),
                                    dlogits,
                                    pixels,
                                    classes,
                                    image.magic(),
                                    image.shift())
                            .appendTo(g);
                    return Arrays.asList(dlogits, null, null);
                })
                .appendTo(graph);
        return loss;
    }

    /**
     * The same loss of logits that are first up-sampled bilinearly to the mask's size, half-pixel centres and clamped
     * borders as {@link Upsample#bilinear} has them; the up-sampled logits and their gradient are never stored.
     *
     * @param logits FLOAT32 (N, h, w, C), C in 1..256; the gradient goes here alone
     * @param mask UINT8 (N, H, W)
     * @param imageWeights as in {@link #crossEntropy}
     * @return a scalar
     */
    public static Tensor upsampledCrossEntropy(Graph graph, Tensor logits, Tensor mask, Tensor imageWeights) {
        requireInputs(logits, mask, imageWeights);
        Shape shape = logits.shape();
        Shape fine = mask.shape();
        if (fine.rank() != 3 || fine.dim(0) != shape.dim(0)) {
            throw new IllegalArgumentException(NAME + " needs a mask for each image of " + logits + ", got " + mask);
        }
        int pixels = Require.count(NAME, mask);
        int blocks = Catalogue.find("upsampled_loss_forward").blockCount(pixels, 1);
        Tensor loss = graph.activation(NAME, Shape.of());
        Tensor softmax = graph.activation("segmentation_softmax", Shape.of(fine.dim(0), fine.dim(1), fine.dim(2), 2));
        Tensor factor = graph.activation("segmentation_factor", Shape.of());
        KernelOperation operation = KernelOperation.named("upsampled_loss")
                .reads(logits, mask, imageWeights)
                .writes(loss, softmax, factor);
        KernelOperation.Scratch losses = operation.scratch((long) blocks * Float.BYTES);
        KernelOperation.Scratch counts = operation.scratch((long) blocks * Integer.BYTES);
        Divisor columns = Divisor.of(Math.max(1, fine.dim(2)));
        Divisor rows = Divisor.of(Math.max(1, fine.dim(1)));
        Object[] axes = axes(shape, fine);
        operation
                .launchBlocks(
                        "upsampled_loss_forward",
                        blocks,
                        join(
                                new Object[] {
                                    logits,
                                    mask,
                                    imageWeights,
                                    softmax,
                                    losses,
                                    counts,
                                    pixels,
                                    shape.dim(3),
                                    columns.magic(),
                                    columns.shift(),
                                    rows.magic(),
                                    rows.shift()
                                },
                                axes))
                .launchBlocks("segmentation_loss_finish", 1, losses, counts, blocks, loss, factor)
                .gradient((g, upstream, wanted) -> Arrays.asList(
                        upsampledGradient(g, logits, mask, imageWeights, softmax, factor, upstream.get(0), axes),
                        null,
                        null))
                .appendTo(graph);
        return loss;
    }

    private static Tensor upsampledGradient(
            Graph graph,
            Tensor logits,
            Tensor mask,
            Tensor imageWeights,
            Tensor softmax,
            Tensor factor,
            Tensor upstream,
            Object[] axes) {
        Shape shape = logits.shape();
        int count = Require.count(NAME, logits);
        Divisor classes = Divisor.of(shape.dim(3));
        Divisor columns = Divisor.of(shape.dim(2));
        Divisor rows = Divisor.of(shape.dim(1));
        Object[] walk = {
            count,
            shape.dim(3),
            classes.magic(),
            classes.shift(),
            columns.magic(),
            columns.shift(),
            rows.magic(),
            rows.shift()
        };
        Tensor dlogits = graph.activation("d_upsampled_loss", shape);
        KernelOperation operation = KernelOperation.named("upsampled_loss_backward")
                .reads(logits, mask, imageWeights, softmax, factor, upstream)
                .writes(dlogits);
        KernelOperation.Scratch parts = operation.scratch(4L * count * Float.BYTES);
        operation
                .launch(
                        "upsampled_loss_cells",
                        count,
                        join(
                                new Object[] {logits, mask, imageWeights, softmax, factor, upstream, parts},
                                join(walk, axes)))
                .launch("upsampled_loss_gather", count, join(new Object[] {parts, dlogits}, join(walk, new Object[] {
                    shape.dim(1), shape.dim(2)
                })))
                .appendTo(graph);
        return dlogits;
    }

    private static Object[] axes(Shape coarse, Shape fine) {
        Interpolation vertical = Interpolation.of(coarse.dim(1), fine.dim(1));
        Interpolation horizontal = Interpolation.of(coarse.dim(2), fine.dim(2));
        return new Object[] {
            vertical.input(),
            vertical.output(),
            vertical.divisor().magic(),
            vertical.divisor().shift(),
            vertical.inverse(),
            horizontal.input(),
            horizontal.output(),
            horizontal.divisor().magic(),
            horizontal.divisor().shift(),
            horizontal.inverse()
        };
    }

    private static Object[] join(Object[] first, Object[] second) {
        Object[] all = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, all, first.length, second.length);
        return all;
    }

    private static void requireInputs(Tensor logits, Tensor mask, Tensor imageWeights) {
        Require.float32(NAME, logits, imageWeights);
        Require.type(NAME, mask, DataType.UINT8);
        Require.layout(NAME, logits, "(N, H, W, C)");
        int classes = logits.shape().dim(3);
        if (classes < 1 || classes > 256) {
            throw new IllegalArgumentException(NAME + " needs 1 to 256 classes, got " + logits);
        }
        if (!imageWeights.shape().equals(Shape.of(logits.shape().dim(0), 2))) {
            throw new IllegalArgumentException(
                    NAME + " needs two weights for each image of " + logits + ", got " + imageWeights);
        }
    }
}
