package tandem.model.segmentation;

import java.util.Arrays;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.KernelOperation.Scratch;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Interpolation;
import tandem.engine.operation.Require;
import tandem.engine.operation.Upsample;
import tandem.kernels.Catalogue;

/** Losses of the segmentation head. */
public final class SegmentationLoss {

    /** The label of ignored pixels. */
    public static final int IGNORED = 255;

    private static final String NAME = "segmentation_loss";
    private static final String BACKWARD = "segmentation_loss_backward";
    /** Logits that a thread of the backward kernel reads. */
    private static final int LOGITS = 4;

    private SegmentationLoss() {}

    /**
     * Softmax cross-entropy, summed over all valid pixels, each times its image's weight, and divided by the number of
     * valid pixels, at least 1. A pixel is valid when its label is not {@link #IGNORED} and its image's weight is above
     * 0; all others have no loss and a gradient of 0, whatever their logits. A label that is neither a class nor
     * ignored makes loss and gradient NaN. Stable for logits of any size, because the largest is subtracted first.
     *
     * @param logits FLOAT32 (N, H, W, C), C in 1..256; the only operand with a gradient
     * @param mask UINT8 (N, H, W)
     * @param imageWeights FLOAT32 (N, 2): for each image the weight in the detection loss, then in this one
     * @return a scalar
     */
    public static Tensor crossEntropy(Graph graph, Tensor logits, Tensor mask, Tensor imageWeights) {
        requireInputs(logits, mask, imageWeights);
        Shape shape = logits.shape();
        if (!mask.shape().equals(Shape.of(shape.dim(0), shape.dim(1), shape.dim(2)))) {
            throw new IllegalArgumentException(NAME + " needs a label for each pixel of " + logits + ", got " + mask);
        }
        Divisor image = Divisor.of(Math.max(1, shape.dim(1) * shape.dim(2)));
        return append(
                graph,
                NAME,
                new Inputs(logits, mask, imageWeights),
                (g, backward) -> {
                    int elements = Require.count(NAME, logits);
                    Tensor dlogits = g.activation("d_" + NAME, shape);
                    KernelOperation.named(BACKWARD)
                            .reads(backward.tensors())
                            .writes(dlogits)
                            .launchBlocks(
                                    BACKWARD,
                                    Catalogue.find(BACKWARD).blockCount(elements, LOGITS),
                                    backward,
                                    dlogits,
                                    elements,
                                    shape.dim(3),
                                    Divisor.of(shape.dim(3)),
                                    image)
                            .appendTo(g);
                    return dlogits;
                },
                image);
    }

    /**
     * The same loss of logits that are first up-sampled bilinearly to the mask's size, half-pixel centers and clamped
     * borders as {@link Upsample#bilinear} has them; the up-sampled logits and their gradient are never stored.
     *
     * @param logits FLOAT32 (N, h, w, C), C in 1..256; the only operand with a gradient
     * @param mask UINT8 (N, H, W)
     * @param imageWeights as in {@link #crossEntropy}
     * @return a scalar
     */
    public static Tensor upsampledCrossEntropy(Graph graph, Tensor logits, Tensor mask, Tensor imageWeights) {
        requireCoarse(logits, mask, imageWeights);
        Inputs inputs = new Inputs(logits, mask, imageWeights);
        return append(graph, "upsampled_loss", inputs, SegmentationLoss::upsampledGradient, inputs.places());
    }

    private static void requireCoarse(Tensor logits, Tensor mask, Tensor imageWeights) {
        requireInputs(logits, mask, imageWeights);
        if (mask.shape().rank() != 3 || mask.shape().dim(0) != logits.shape().dim(0)) {
            throw new IllegalArgumentException(NAME + " needs a mask for each image of " + logits + ", got " + mask);
        }
    }

    /**
     * The loss of the masks: the cross-entropy, of up-sampled logits where the mask is larger than they are, and
     * {@code diceWeight} times the {@link DiceLoss}.
     *
     * @param logits FLOAT32 (N, h, w, C), C in 1..256; the only operand with a gradient
     * @param mask UINT8 (N, H, W)
     * @param imageWeights as in {@link #crossEntropy}
     * @param diceWeight at least 0; 0 for the cross-entropy alone
     * @return a scalar
     */
    public static Tensor withDice(Graph graph, Tensor logits, Tensor mask, Tensor imageWeights, float diceWeight) {
        if (diceWeight > 0) {
            requireCoarse(logits, mask, imageWeights);
            return DiceLoss.withCrossEntropy(graph, new Inputs(logits, mask, imageWeights), diceWeight);
        }
        boolean upsampled = logits.shape().dim(1) != mask.shape().dim(1);
        return upsampled
                ? upsampledCrossEntropy(graph, logits, mask, imageWeights)
                : crossEntropy(graph, logits, mask, imageWeights);
    }

    /** The inputs of both losses. */
    record Inputs(Tensor logits, Tensor mask, Tensor imageWeights) implements KernelArguments {

        Tensor[] tensors() {
            return new Tensor[] {logits, mask, imageWeights};
        }

        int classes() {
            return logits.shape().dim(3);
        }

        Interpolation vertical() {
            return Interpolation.of(logits.shape().dim(1), mask.shape().dim(1));
        }

        Interpolation horizontal() {
            return Interpolation.of(logits.shape().dim(2), mask.shape().dim(2));
        }

        /** By which a thread of a fine pixel finds the coarse logits around it. */
        KernelArguments[] places() {
            Divisor columns = Divisor.of(Math.max(1, mask.shape().dim(2)));
            Divisor rows = Divisor.of(Math.max(1, mask.shape().dim(1)));
            return new KernelArguments[] {columns, rows, vertical(), horizontal()};
        }
    }

    /**
     * What both forward kernels take first.
     *
     * @param softmax FLOAT32 (N, H, W, 2): for each valid pixel the maximum logit and 1 / the sum of exp(logit -
     *     maximum)
     */
    record Forward(Inputs inputs, Tensor softmax, Scratch losses, Scratch counts, int pixels, int classes)
            implements KernelArguments {}

    /** What both backward kernels take first. */
    private record Backward(Inputs inputs, Tensor softmax, Tensor factor, Tensor upstream) implements KernelArguments {

        Tensor[] tensors() {
            return new Tensor[] {inputs.logits(), inputs.mask(), inputs.imageWeights(), softmax, factor, upstream};
        }
    }

    /** How the kernels that have a thread for each coarse logit find its place. */
    record Walk(int count, int classes, Divisor byClasses, Divisor byColumns, Divisor byRows)
            implements KernelArguments {

        static Walk of(Tensor logits) {
            Shape shape = logits.shape();
            return new Walk(
                    Require.count(NAME, logits),
                    shape.dim(3),
                    Divisor.of(shape.dim(3)),
                    Divisor.of(shape.dim(2)),
                    Divisor.of(shape.dim(1)));
        }
    }

    /** Appends what differentiates a loss by the logits, and returns the gradient. */
    private interface Differential {
        Tensor apply(Graph graph, Backward backward);
    }

    /** @param places the forward kernel's last arguments, by which it finds the logits of a pixel */
    private static Tensor append(
            Graph graph, String name, Inputs inputs, Differential differential, KernelArguments... places) {
        Shape fine = inputs.mask().shape();
        int pixels = Require.count(NAME, inputs.mask());
        int blocks = Catalogue.find(name + "_forward").blockCount(pixels, 1);
        Tensor loss = graph.activation(NAME, Shape.of());
        Tensor softmax = graph.activation("segmentation_softmax", Shape.of(fine.dim(0), fine.dim(1), fine.dim(2), 2));
        Tensor factor = graph.activation("segmentation_factor", Shape.of());
        KernelOperation operation =
                KernelOperation.named(name).reads(inputs.tensors()).writes(loss, softmax, factor);
        Scratch losses = operation.scratch((long) blocks * Float.BYTES);
        Scratch counts = operation.scratch((long) blocks * Integer.BYTES);
        Forward forward = new Forward(inputs, softmax, losses, counts, pixels, inputs.classes());
        operation
                .launchBlocks(name + "_forward", blocks, forward, places)
                .launchBlocks("segmentation_loss_finish", 1, losses, counts, blocks, loss, factor)
                .gradient((g, upstream, needed) -> Arrays.asList(
                        differential.apply(g, new Backward(inputs, softmax, factor, upstream.get(0))), null, null))
                .appendTo(graph);
        return loss;
    }

    private static Tensor upsampledGradient(Graph graph, Backward backward) {
        Inputs inputs = backward.inputs();
        Shape shape = inputs.logits().shape();
        Walk walk = Walk.of(inputs.logits());
        Tensor dlogits = graph.activation("d_upsampled_loss", shape);
        KernelOperation operation = KernelOperation.named("upsampled_loss_backward")
                .reads(backward.tensors())
                .writes(dlogits);
        Scratch parts = operation.scratch(4L * walk.count() * Float.BYTES);
        operation
                .launch(
                        "upsampled_loss_cells",
                        walk.count(),
                        backward,
                        parts,
                        walk,
                        inputs.vertical(),
                        inputs.horizontal())
                .launch("upsampled_loss_gather", walk.count(), parts, dlogits, walk, shape.dim(1), shape.dim(2))
                .appendTo(graph);
        return dlogits;
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
