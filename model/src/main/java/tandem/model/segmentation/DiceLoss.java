package tandem.model.segmentation;

import java.util.Arrays;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.KernelOperation.Scratch;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Interpolation;
import tandem.engine.operation.Require;

/**
 * The dice loss (Milletari et al. 2016, here with sums of probabilities instead of squares): the mean over the classes
 * of 1 - (2 I + 1) / (P + G + 1). Over all valid pixels of the batch, I is the sum of a class's probability where it is
 * the label, P the sum of its probability, and G the number of its pixels; each pixel counts by its image's weight.
 * Classes without a pixel in the batch are left out. A rare class has as much influence as a frequent one, which the
 * mean over pixels of the cross-entropy does not give it.
 */
final class DiceLoss {

    private static final String NAME = "dice_loss";

    /** Sums of each class. */
    private static final int SUMS = 3;

    /** Columns that a block of {@code channel_sums_finish} adds. */
    private static final int SUMMED_COLUMNS = 8;

    private DiceLoss() {}

    /**
     * What the kernels read.
     *
     * @param logits FLOAT32 (N, h, w, C), C in 1..256; the only operand with a gradient
     * @param mask UINT8 (N, H, W)
     * @param imageWeights FLOAT32 (N, 2)
     * @param softmax FLOAT32 (N, H, W, 2), of the cross-entropy of the same pixels
     */
    record Inputs(Tensor logits, Tensor mask, Tensor imageWeights, Tensor softmax) implements KernelArguments {

        Tensor[] tensors() {
            return new Tensor[] {logits, mask, imageWeights, softmax};
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
    }

    /** How a thread for each class of a row of the mask finds its place. */
    private record Rows(int count, int classes, Divisor byClasses, Divisor byRows) implements KernelArguments {}

    /** What both backward kernels take first. */
    private record Backward(Inputs inputs, Tensor slopes, Scratch means) implements KernelArguments {}

    /** How a thread for each pixel of the mask finds its place. */
    private record Pixels(int count, int classes, Divisor byColumns, Divisor byRows) implements KernelArguments {}

    /** Appends the loss, a scalar. */
    static Tensor append(Graph graph, Inputs inputs) {
        Shape fine = inputs.mask().shape();
        int classes = inputs.classes();
        int rows = fine.dim(0) * fine.dim(1);
        Tensor loss = graph.activation(NAME, Shape.of());
        Tensor slopes = graph.activation("dice_slopes", Shape.of(2, classes));
        KernelOperation operation =
                KernelOperation.named(NAME).reads(inputs.tensors()).writes(loss, slopes);
        Scratch parts = operation.scratch((long) rows * SUMS * classes * Float.BYTES);
        Scratch sums = operation.scratch((long) SUMS * classes * Float.BYTES);
        Rows walk = new Rows(rows * classes, classes, Divisor.of(classes), Divisor.of(fine.dim(1)));
        operation
                .launch("dice_sums", walk.count(), inputs, parts, walk, inputs.vertical(), inputs.horizontal())
                .launchBlocks(
                        "channel_sums_finish",
                        (SUMS * classes + SUMMED_COLUMNS - 1) / SUMMED_COLUMNS,
                        parts,
                        sums,
                        SUMS * classes,
                        rows)
                .launchBlocks("dice_finish", 1, sums, classes, loss, slopes)
                .gradient((g, upstream, needed) ->
                        Arrays.asList(gradient(g, inputs, slopes, upstream.get(0)), null, null, null))
                .appendTo(graph);
        return loss;
    }

    private static Tensor gradient(Graph graph, Inputs inputs, Tensor slopes, Tensor upstream) {
        Shape coarse = inputs.logits().shape();
        Shape fine = inputs.mask().shape();
        Tensor dlogits = graph.activation("d_" + NAME, coarse);
        SegmentationLoss.Walk walk = SegmentationLoss.Walk.of(inputs.logits());
        int count = Require.count(NAME, inputs.mask());
        Pixels pixels = new Pixels(count, walk.classes(), Divisor.of(fine.dim(2)), Divisor.of(fine.dim(1)));
        KernelOperation operation = KernelOperation.named("dice_loss_backward")
                .reads(inputs.logits(), inputs.mask(), inputs.imageWeights(), inputs.softmax(), slopes, upstream)
                .writes(dlogits);
        Backward backward = new Backward(inputs, slopes, operation.scratch((long) count * Float.BYTES));
        Scratch parts = operation.scratch(4L * walk.count() * Float.BYTES);
        operation
                .launch("dice_pixels", count, backward, pixels, inputs.vertical(), inputs.horizontal())
                .launch(
                        "dice_cells",
                        walk.count(),
                        backward,
                        upstream,
                        parts,
                        walk,
                        inputs.vertical(),
                        inputs.horizontal())
                .launch("upsampled_loss_gather", walk.count(), parts, dlogits, walk, coarse.dim(1), coarse.dim(2))
                .appendTo(graph);
        return dlogits;
    }
}
