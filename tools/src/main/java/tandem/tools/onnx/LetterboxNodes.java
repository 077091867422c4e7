package tandem.tools.onnx;

import java.util.List;
import tandem.model.image.PixelSize;

/**
 * The geometry of {@link tandem.model.image.Placement.Letterbox} as nodes, for frames whose size is known only when the
 * network runs. The frame is extended to the right and downwards by its last pixels, up to the extent; samples that lie
 * beside the frame are marked, to become gray.
 */
final class LetterboxNodes {

    private static final int FLOAT = OnnxType.FLOAT.number();
    private static final int INT64 = OnnxType.INT64.number();

    private final OnnxGraph onnx;
    private final PixelSize input;

    LetterboxNodes(OnnxGraph onnx, PixelSize input) {
        this.onnx = onnx;
        this.input = input;
    }

    /**
     * What the resize to the input needs; all names of values.
     *
     * @param padded FLOAT (N, C, H, W) of the size of the extent
     * @param size rows and columns of the samples: those of the input times {@code down} and {@code across}
     * @param down samples of a pixel of the input along a column, INT64 (1); {@code across} along a row
     * @param rowsInside FLOAT (rows, 1): 1 for samples inside the frame, 0 for the others
     * @param columnsInside FLOAT (columns)
     */
    record Samples(String padded, String size, String down, String across, String rowsInside, String columnsInside) {}

    /**
     * Adds the nodes.
     *
     * @param x FLOAT (N, C, H, W)
     * @param frame its size; null when it is known only when the network runs
     */
    Samples samples(String x, FrameSize frame) {
        String size = frame == null
                ? slice(onnx.node("Shape", List.of(x)), 2, 4)
                : onnx.integers(frame.height(), frame.width());
        String extent = extent(size);
        String beside = onnx.node("Sub", List.of(extent, size));
        String padded = onnx.node(
                "Pad",
                List.of(x, concatenate(onnx.integers(0, 0, 0, 0, 0, 0), beside)),
                OnnxAttribute.of("mode", "edge"));
        String canvas = onnx.integers(input.height(), input.width());
        String steps = onnx.node("Div", List.of(real(extent), real(canvas)));
        String taps = onnx.node(
                "Cast",
                List.of(onnx.node(
                        "Clip",
                        List.of(
                                onnx.node("Ceil", List.of(onnx.node("Mul", List.of(steps, onnx.scalar(0.5f))))),
                                onnx.scalar(1),
                                onnx.scalar(FrameNodes.MAX_TAPS)))),
                OnnxAttribute.of("to", INT64));
        String samples = onnx.node("Mul", List.of(taps, canvas));
        String inside = inside(samples, extent, size, 0);
        return new Samples(
                padded,
                samples,
                slice(taps, 0, 1),
                slice(taps, 1, 2),
                onnx.node("Unsqueeze", List.of(inside, onnx.integers(1))),
                inside(samples, extent, size, 1));
    }

    /** Rows and columns of the frame that the input covers, INT64 (2), from rows and columns of the frame. */
    String extent(String size) {
        // As Placement.Letterbox: the nearest integer to the other side times the ratio of the input.
        String other = onnx.node("Gather", List.of(size, onnx.integers(1, 0)), OnnxAttribute.of("axis", 0));
        String twice = onnx.node("Mul", List.of(other, onnx.integers(2L * input.height(), 2L * input.width())));
        String sum = onnx.node("Add", List.of(twice, onnx.integers(input.width(), input.height())));
        String scaled = onnx.node("Div", List.of(sum, onnx.integers(2L * input.width(), 2L * input.height())));
        return onnx.node("Max", List.of(size, scaled));
    }

    /** FLOAT: for each sample along an axis whether its place, (i + 1/2) extent / samples, is below the frame's end. */
    private String inside(String samples, String extent, String size, int axis) {
        String count = slice(samples, axis, axis + 1);
        String numbers = onnx.node("Range", List.of(integer(0), onnx.node("Squeeze", List.of(count)), integer(1)));
        String middles = onnx.node("Add", List.of(real(numbers), onnx.scalar(0.5f)));
        String step = onnx.node("Div", List.of(real(slice(extent, axis, axis + 1)), real(count)));
        String places = onnx.node("Mul", List.of(middles, step));
        String below = onnx.node("Less", List.of(places, real(slice(size, axis, axis + 1))));
        return onnx.node("Cast", List.of(below), OnnxAttribute.of("to", FLOAT));
    }

    private String integer(long value) {
        return onnx.constant(OnnxTensor.integers(new long[0], value));
    }

    private String real(String integers) {
        return onnx.node("Cast", List.of(integers), OnnxAttribute.of("to", FLOAT));
    }

    private String slice(String list, int from, int to) {
        return onnx.node("Slice", List.of(list, onnx.integers(from), onnx.integers(to)));
    }

    private String concatenate(String... lists) {
        return onnx.node("Concat", List.of(lists), OnnxAttribute.of("axis", 0));
    }
}
