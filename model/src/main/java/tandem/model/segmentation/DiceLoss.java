package tandem.model.segmentation;

import java.util.Arrays;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.KernelOperation.Scratch;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Require;
import tandem.kernels.Catalogue;
import tandem.model.segmentation.SegmentationLoss.Forward;
import tandem.model.segmentation.SegmentationLoss.Inputs;

/**
 * The dice loss (Milletari et al. 2016, here with sums of probabilities instead of squares): the mean over the classes
 * of 1 - (2 I + 1) / (P + G + 1). Over all valid pixels of the batch, I is the sum of a class's probability where it is
 * the label, P the sum of its probability, and G the number of its pixels; each pixel counts by its image's weight.
 * Classes without a pixel in the batch are left out. A rare class has as much influence as a frequent one, which the
 * mean over pixels of the cross-entropy does not give it. It is computed with the cross-entropy of the same pixels:
 * both share the softmax, and the backward pass.
 */
final class DiceLoss {

    private static final String NAME = "segmentation_loss";

    /** Sums of each class. */
    private static final int SUMS = 3;

    /** Columns that a block of {@code channel_sums_finish} adds. */
    private static final int SUMMED_COLUMNS = 8;

    private DiceLoss() {}

    /** How a thread for each class of a row of the mask finds its place. */
    private record Rows(int count, int classes, Divisor byClasses, Divisor byRows) implements KernelArguments {}

    /** How a thread for each pixel of the mask finds its place. */
    private record Pixels(int count, int classes, Divisor byColumns, Divisor byRows) implements KernelArguments {}

    /** What the forward pass leaves for the backward pass. */
    private record Kept(Tensor softmax, Tensor slopes, Tensor factor) {}

    /** What both backward kernels take first. */
    private record Backward(Inputs inputs, Tensor softmax, Tensor slopes, Scratch means) implements KernelArguments {}

    /** What {@code scalar_weighted_sum} takes: two terms, in four places. */
    private record Total(
            Tensor entropy,
            Tensor dice,
            Tensor third,
            Tensor fourth,
            float entropyWeight,
            float diceWeight,
            float thirdWeight,
            float fourthWeight,
            int count,
            Tensor loss)
            implements KernelArguments {}

    /** Appends the cross-entropy of up-sampled logits plus {@code weight} times this loss, a scalar. */
    static Tensor withCrossEntropy(Graph graph, Inputs inputs, float weight) {
        Shape fine = inputs.mask().shape();
        int classes = inputs.classes();
        int rows = fine.dim(0) * fine.dim(1);
        int pixels = Require.count(NAME, inputs.mask());
        Tensor loss = graph.activation(NAME, Shape.of());
        Tensor entropy = graph.activation("cross_entropy", Shape.of());
        Tensor dice = graph.activation("dice_loss", Shape.of());
        Kept kept = new Kept(
                graph.activation("segmentation_softmax", Shape.of(fine.dim(0), fine.dim(1), fine.dim(2), 2)),
                graph.activation("dice_slopes", Shape.of(2, classes)),
                graph.activation("segmentation_factor", Shape.of()));
        KernelOperation operation = KernelOperation.named(NAME)
                .reads(inputs.tensors())
                .writes(loss, entropy, dice, kept.softmax(), kept.slopes(), kept.factor());
        int blocks = Catalogue.find("upsampled_loss_forward").blockCount(pixels, 1);
        Scratch losses = operation.scratch((long) blocks * Float.BYTES);
        Scratch counts = operation.scratch((long) blocks * Integer.BYTES);
        Scratch parts = operation.scratch((long) rows * SUMS * classes * Float.BYTES);
        Scratch sums = operation.scratch((long) SUMS * classes * Float.BYTES);
        Rows walk = new Rows(rows * classes, classes, Divisor.of(classes), Divisor.of(fine.dim(1)));
        operation
                .launchBlocks(
                        "upsampled_loss_forward",
                        blocks,
                        new Forward(inputs, kept.softmax(), losses, counts, pixels, classes),
                        inputs.places())
                .launchBlocks("segmentation_loss_finish", 1, losses, counts, blocks, entropy, kept.factor())
                .launch(
                        "dice_sums",
                        walk.count(),
                        inputs,
                        kept.softmax(),
                        parts,
                        walk,
                        inputs.vertical(),
                        inputs.horizontal())
                .launchBlocks(
                        "channel_sums_finish",
                        (SUMS * classes + SUMMED_COLUMNS - 1) / SUMMED_COLUMNS,
                        parts,
                        sums,
                        SUMS * classes,
                        rows)
                .launchBlocks("dice_finish", 1, sums, classes, dice, kept.slopes())
                .launch("scalar_weighted_sum", 1, new Total(entropy, dice, dice, dice, 1, weight, 0, 0, 2, loss))
                .gradient((g, upstream, needed) ->
                        Arrays.asList(gradient(g, inputs, kept, weight, upstream.get(0)), null, null))
                .appendTo(graph);
        return loss;
    }

    private static Tensor gradient(Graph graph, Inputs inputs, Kept kept, float weight, Tensor upstream) {
        Shape coarse = inputs.logits().shape();
        Shape fine = inputs.mask().shape();
        Tensor dlogits = graph.activation("d_" + NAME, coarse);
        SegmentationLoss.Walk walk = SegmentationLoss.Walk.of(inputs.logits());
        int count = Require.count(NAME, inputs.mask());
        Pixels pixels = new Pixels(count, walk.classes(), Divisor.of(fine.dim(2)), Divisor.of(fine.dim(1)));
        KernelOperation operation = KernelOperation.named(NAME + "_backward")
                .reads(
                        inputs.logits(),
                        inputs.mask(),
                        inputs.imageWeights(),
                        kept.softmax(),
                        kept.slopes(),
                        kept.factor(),
                        upstream)
                .writes(dlogits);
        Backward backward =
                new Backward(inputs, kept.softmax(), kept.slopes(), operation.scratch((long) count * Float.BYTES));
        Scratch parts = operation.scratch(4L * walk.count() * Float.BYTES);
        operation
                .launch("dice_pixels", count, backward, pixels, inputs.vertical(), inputs.horizontal())
                .launch(
                        "dice_cells",
                        walk.count(),
                        backward,
                        kept.factor(),
                        upstream,
                        parts,
                        weight,
                        walk,
                        inputs.vertical(),
                        inputs.horizontal())
                .launch("upsampled_loss_gather", walk.count(), parts, dlogits, walk, coarse.dim(1), coarse.dim(2))
                .appendTo(graph);
        return dlogits;
    }
}
