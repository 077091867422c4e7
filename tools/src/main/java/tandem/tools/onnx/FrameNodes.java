package tandem.tools.onnx;

import java.util.List;
import tandem.model.image.Fit;
import tandem.model.network.NetworkSettings;
import tandem.tools.InputException;

/**
 * From frames of bytes to the normalized input of the network, as the kernel {@code augment_images} computes it:
 * bilinear with half-pixel centers, the mean of several samples where a frame is reduced by more than 2, then (x / 255
 * - mean) / deviation of each channel. A reduction by s takes k = ceil(s / 2), at most 8, samples along that axis; this
 * is a bilinear resize to k times the network's size and the mean of blocks of k.
 */
final class FrameNodes {

    /** Mean of red, green and blue, ImageNet's. */
    static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    /** Standard deviation of red, green and blue, ImageNet's. */
    static final float[] DEVIATION = {0.229f, 0.224f, 0.225f};

    /** The gray of the input beside an image. */
    private static final float FILL = 114;

    static final int MAX_TAPS = 8;
    private static final int FLOAT = OnnxType.FLOAT.number();
    private static final int INT64 = OnnxType.INT64.number();

    private final OnnxGraph onnx;
    private final NetworkSettings settings;

    FrameNodes(OnnxGraph onnx, NetworkSettings settings) {
        this.onnx = onnx;
        this.settings = settings;
    }

    /**
     * Adds the nodes.
     *
     * @param frames UINT8 (N, H, W, channels)
     * @param size of the frames, null when it is known only when the network runs
     * @return FLOAT (N, 3, H, W), the network's input size
     */
    String normalized(String frames, FrameFormat format, FrameSize size) {
        String x = onnx.node("Cast", List.of(frames), OnnxAttribute.of("to", FLOAT));
        x = onnx.node("Transpose", List.of(x), OnnxAttribute.of("perm", new long[] {0, 3, 1, 2}));
        if (settings.fit() == Fit.LETTERBOX) {
            x = letterboxed(x, size);
        } else {
            x = size == null ? resized(x) : resized(downscaled(x, size), size);
        }
        if (format == FrameFormat.BGR) {
            x = onnx.node("Gather", List.of(x, onnx.integers(2, 1, 0)), OnnxAttribute.of("axis", 1));
        }
        float[] factors = new float[3];
        float[] shifts = new float[3];
        for (int channel = 0; channel < 3; channel++) {
            factors[channel] = 1 / (255 * DEVIATION[channel]);
            shifts[channel] = -MEAN[channel] / DEVIATION[channel];
        }
        // A gray frame becomes three channels here, since both constants have three.
        x = onnx.node("Mul", List.of(x, perChannel(factors)));
        return onnx.node("Add", List.of(x, perChannel(shifts)));
    }

    /** The means of squares, rounded to whole numbers; see {@link tandem.model.image.BlockAverage}. */
    private String downscaled(String x, FrameSize size) {
        int factor = size.downscaleFactor(settings);
        if (factor == 1) {
            return x;
        }
        long[] square = {factor, factor};
        String mean = onnx.node(
                "AveragePool",
                List.of(x),
                OnnxAttribute.of("kernel_shape", square),
                OnnxAttribute.of("strides", square));
        // Half is rounded up. What is added to it is less than the distance to the next mean that is possible.
        return onnx.node("Floor", List.of(onnx.node("Add", List.of(mean, onnx.scalar(0.5001f)))));
    }

    private String resized(String x, FrameSize size) {
        int factor = size.downscaleFactor(settings);
        int height = settings.inputSize().height();
        int width = settings.inputSize().width();
        int rows = size.height() / factor;
        int columns = size.width() / factor;
        int down = taps(rows, height);
        int across = taps(columns, width);
        if (rows != height * down || columns != width * across) {
            x = resize(x, onnx.integers(height * down, width * across));
        }
        return down == 1 && across == 1 ? x : blockMean(x, onnx.integers(0, 0, height, down, width, across));
    }

    private static int taps(int pixels, int input) {
        return Math.min(MAX_TAPS, Math.max(1, (int) Math.ceil(pixels * (1f / input) * 0.5f)));
    }

    /** The same for frames of any size. */
    private String resized(String x) {
        int height = settings.inputSize().height();
        int width = settings.inputSize().width();
        String pixels = onnx.node("Slice", List.of(onnx.node("Shape", List.of(x)), onnx.integers(2), onnx.integers(4)));
        String steps = onnx.node(
                "Mul",
                List.of(
                        onnx.node("Cast", List.of(pixels), OnnxAttribute.of("to", FLOAT)),
                        onnx.constant(OnnxTensor.floats(new long[] {2}, 0.5f * (1f / height), 0.5f * (1f / width)))));
        String taps = onnx.node(
                "Cast",
                List.of(onnx.node(
                        "Clip", List.of(onnx.node("Ceil", List.of(steps)), onnx.scalar(1), onnx.scalar(MAX_TAPS)))),
                OnnxAttribute.of("to", INT64));
        String size = onnx.integers(height, width);
        String enlarged = onnx.node("Mul", List.of(taps, size));
        String down = onnx.node("Slice", List.of(taps, onnx.integers(0), onnx.integers(1)));
        String across = onnx.node("Slice", List.of(taps, onnx.integers(1), onnx.integers(2)));
        return blockMean(
                resize(x, enlarged), concatenate(onnx.integers(0, 0, height), down, onnx.integers(width), across));
    }

    /** The frame at the upper left of the input, as {@link LetterboxNodes} describes it. */
    private String letterboxed(String x, FrameSize size) {
        if (size != null && size.downscaleFactor(settings) > 1) {
            throw new InputException("a frame of " + size.width() + "x" + size.height()
                    + " pixels is above the network's limit of " + settings.maxPixels()
                    + " pixels, and is letterboxed; downscale frames before, or train with --fit stretch");
        }
        LetterboxNodes.Samples samples = new LetterboxNodes(onnx, settings.inputSize()).samples(x, size);
        String values = resize(samples.padded(), samples.size());
        String inside = onnx.node("Mul", List.of(samples.rowsInside(), samples.columnsInside()));
        String gray = onnx.scalar(FILL);
        values = onnx.node(
                "Add", List.of(onnx.node("Mul", List.of(onnx.node("Sub", List.of(values, gray)), inside)), gray));
        String height = onnx.integers(settings.inputSize().height());
        String width = onnx.integers(settings.inputSize().width());
        return blockMean(values, concatenate(onnx.integers(0, 0), height, samples.down(), width, samples.across()));
    }

    /** Means over the fourth and the last axis of {@code shape}, (N, C, H, k, W, l). */
    private String blockMean(String x, String shape) {
        return onnx.node(
                "ReduceMean",
                List.of(onnx.node("Reshape", List.of(x, shape))),
                OnnxAttribute.of("axes", new long[] {3, 5}),
                OnnxAttribute.of("keepdims", 0));
    }

    /**
     * Bilinear with half-pixel centers, to these rows and columns.
     *
     * @param x (N, C, H, W)
     */
    String resize(String x, String rowsAndColumns) {
        String others = onnx.node("Slice", List.of(onnx.node("Shape", List.of(x)), onnx.integers(0), onnx.integers(2)));
        return onnx.node(
                "Resize",
                List.of(x, "", "", concatenate(others, rowsAndColumns)),
                OnnxAttribute.of("mode", "linear"),
                OnnxAttribute.of("coordinate_transformation_mode", "half_pixel"));
    }

    private String concatenate(String... lists) {
        return onnx.node("Concat", List.of(lists), OnnxAttribute.of("axis", 0));
    }

    private String perChannel(float[] values) {
        return onnx.constant(OnnxTensor.floats(new long[] {1, 3, 1, 1}, values));
    }
}
