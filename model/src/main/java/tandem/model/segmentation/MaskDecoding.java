package tandem.model.segmentation;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.Divisor;
import tandem.engine.operation.Interpolation;
import tandem.engine.operation.Require;
import tandem.model.image.PixelSize;

/**
 * Masks from logits in one pass: bilinear up-sampling with half-pixel centers to any size, then the class with the
 * largest value, the lowest of equal ones. The up-sampled logits are never stored. No gradient.
 */
public final class MaskDecoding {

    private static final String NAME = "mask_decode";

    /** Rows of a thread that decodes without confidence, as in {@code segmentation.cu}. */
    private static final int ROWS = 4;

    private MaskDecoding() {}

    /**
     * A mask with its confidence.
     *
     * @param mask UINT8 (N, outputH, outputW)
     * @param confidence FLOAT32 (N, outputH, outputW): the softmax probability of the chosen class, in [1 / C, 1]
     */
    public record Decoded(Tensor mask, Tensor confidence) {}

    private record Decoding(
            Tensor logits,
            Object[] outputs,
            int threads,
            int classes,
            int rows,
            int columns,
            Divisor byColumns,
            Divisor byGroups,
            Interpolation vertical,
            Interpolation horizontal)
            implements KernelArguments {}

    /**
     * The class of each output pixel.
     *
     * @param logits FLOAT32 (N, H, W, C), C in 1..256
     * @return UINT8 (N, outputH, outputW)
     */
    public static Tensor decode(Graph graph, Tensor logits, int outputH, int outputW) {
        return decode(graph, logits, outputH, outputW, new PixelSize(outputW, outputH));
    }

    /**
     * The same for an image that covers only the upper left of the logits.
     *
     * @param extent output pixels that the logits cover, at least the output
     */
    public static Tensor decode(Graph graph, Tensor logits, int outputH, int outputW, PixelSize extent) {
        return apply(graph, logits, outputH, outputW, extent, false).mask();
    }

    /** The class of each output pixel and its probability. */
    public static Decoded decodeWithConfidence(Graph graph, Tensor logits, int outputH, int outputW) {
        return decodeWithConfidence(graph, logits, outputH, outputW, new PixelSize(outputW, outputH));
    }

    /** The same for an image that covers only the upper left of the logits. */
    public static Decoded decodeWithConfidence(Graph graph, Tensor logits, int outputH, int outputW, PixelSize extent) {
        return apply(graph, logits, outputH, outputW, extent, true);
    }

    private static Decoded apply(
            Graph graph, Tensor logits, int outputH, int outputW, PixelSize extent, boolean confidence) {
        Require.float32(NAME, logits);
        Require.layout(NAME, logits, "(N, H, W, C)");
        Require.count(NAME, logits);
        Shape shape = logits.shape();
        if (shape.dim(3) < 1 || shape.dim(3) > 256) {
            throw new IllegalArgumentException(NAME + " needs 1 to 256 classes, got " + logits);
        }
        Interpolation vertical = Interpolation.of(shape.dim(1), extent.height());
        Interpolation horizontal = Interpolation.of(shape.dim(2), extent.width());
        Divisor w = Divisor.of(outputW);
        int groups = confidence ? outputH : (outputH + ROWS - 1) / ROWS;
        Shape image = Shape.of(shape.dim(0), outputH, outputW);
        Tensor mask = graph.activation("mask", DataType.UINT8, image);
        Require.count(NAME, mask);
        int threads = shape.dim(0) * groups * outputW;
        List<Tensor> outputs = new ArrayList<>(List.of(mask));
        if (confidence) {
            outputs.add(graph.activation("mask_confidence", image));
        }
        KernelOperation.named(NAME)
                .reads(logits)
                .writes(outputs.toArray(Tensor[]::new))
                .launch(
                        confidence ? "mask_decode_confidence" : NAME,
                        threads,
                        new Decoding(
                                logits,
                                outputs.toArray(),
                                threads,
                                shape.dim(3),
                                outputH,
                                outputW,
                                w,
                                Divisor.of(groups),
                                vertical,
                                horizontal))
                .appendTo(graph);
        return new Decoded(mask, confidence ? outputs.get(1) : null);
    }
}
