package tandem.tools.onnx;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.model.declaration.Labels;
import tandem.model.detection.Anchors;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.Fit;
import tandem.model.image.PixelSize;
import tandem.model.inference.FoldedModel;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.tools.BuildVersion;
import tandem.tools.InputException;

/**
 * A trained network as an ONNX model, from frames of bytes to boxes and masks in pixels of the frame.
 *
 * <p>The input is {@code frames}, UINT8 (N, H, W, channels). With detection the outputs are {@code boxes}, FLOAT (N, A,
 * 4): left, top, right, bottom of every anchor's box, and {@code scores}, FLOAT (N, A, classes); with suppression
 * {@code boxes} (N, K, 4), {@code scores} (N, K) descending, {@code labels} INT32 (N, K) and {@code counts} INT32 (N).
 * With segmentation {@code masks} is UINT8 (N, H, W): 0 is the background, 1 the first class.
 */
public final class OnnxExport {

    private static final String BATCH = "batch";
    private static final JsonMapper JSON = new JsonMapper();

    /**
     * What the file contains.
     *
     * @param format channels of the frames
     * @param frame size of all frames; null for frames of any size, up to the network's limit of pixels
     * @param suppress whether non-maximum suppression is part of the file
     * @param suppression its settings, which are metadata otherwise
     */
    public record Options(
            FrameFormat format, FrameSize frame, boolean suppress, NonMaximumSuppression.Settings suppression) {

        /** Frames of the size of the crops, if the network was trained on crops: the file reads single tiles. */
        Options forTiles(NetworkSettings settings) {
            if (!settings.crops()) {
                return this;
            }
            FrameSize tile = new FrameSize(
                    settings.inputSize().width(), settings.inputSize().height());
            if (frame != null && !frame.equals(tile)) {
                throw new InputException("the network was trained on crops: the file reads tiles of " + tile.width()
                        + "x" + tile.height() + " pixels, not frames of " + frame.width() + "x" + frame.height());
            }
            return new Options(format, tile, suppress, suppression);
        }

        /** RGB frames of any size, without suppression. */
        public static final Options DEFAULT =
                new Options(FrameFormat.RGB, null, false, NonMaximumSuppression.Settings.DEFAULT);
    }

    private final NetworkSettings settings;
    private final Options options;
    private final OnnxGraph onnx = new OnnxGraph();
    private final FrameNodes frameNodes;
    private final Object rows;
    private final Object columns;

    private OnnxExport(NetworkSettings settings, Options options) {
        this.settings = settings;
        this.options = options;
        this.frameNodes = new FrameNodes(onnx, settings);
        this.rows = options.frame() == null ? "height" : options.frame().height();
        this.columns = options.frame() == null ? "width" : options.frame().width();
    }

    /** The bytes of the file. */
    public static byte[] model(FoldedModel model, Options options) {
        OnnxExport export = new OnnxExport(
                model.network().settings(), options.forTiles(model.network().settings()));
        export.add(model);
        export.describe();
        return export.onnx.model("tandem", BuildVersion.text());
    }

    private void add(FoldedModel model) {
        onnx.input(
                "frames", OnnxType.UINT8, BATCH, rows, columns, options.format().channels());
        Network network = model.network();
        Graph graph = new Graph(model.variables());
        Tensor images = network.images(graph, 1, settings.inputSize());
        Outputs outputs = network.differentiableInference(graph, images);
        NetworkNodes nodes = new NetworkNodes(onnx, model.weights());
        nodes.translate(graph, images, frameNodes.normalized("frames", options.format(), options.frame()));
        if (settings.detects()) {
            addBoxes(nodes.name(outputs.location()), nodes.name(outputs.confidence()));
        }
        if (settings.segments()) {
            addMasks(nodes.name(outputs.segmentation()));
        }
    }

    private void addBoxes(String location, String confidence) {
        int classes = settings.boxClasses().size();
        PixelSize input = settings.inputSize();
        Anchors anchors = Anchors.of(input.width(), input.height(), settings.anchorBase(), settings.strides());
        BoxNodes boxNodes = new BoxNodes(onnx, anchors, classes);
        String boxes = boxNodes.decoded(location);
        int count = anchors.values().length / 4;
        if (!options.suppress()) {
            onnx.node("scores", "Sigmoid", List.of(confidence));
            onnx.output(inPixels(boxes), OnnxType.FLOAT, BATCH, count, 4);
            onnx.output("scores", OnnxType.FLOAT, BATCH, count, classes);
            return;
        }
        String scores = onnx.node("Sigmoid", List.of(confidence));
        BoxNodes.Suppressed found = boxNodes.suppressed(boxes, onFrame(boxes), scores, options.suppression());
        int limit = Math.min(options.suppression().detections(), count * classes);
        onnx.output(inPixels(found.boxes()), OnnxType.FLOAT, BATCH, limit, 4);
        onnx.output(onnx.node("scores", "Identity", List.of(found.scores())), OnnxType.FLOAT, BATCH, limit);
        onnx.output(onnx.node("labels", "Identity", List.of(found.labels())), OnnxType.INT32, BATCH, limit);
        onnx.output(onnx.node("counts", "Identity", List.of(found.counts())), OnnxType.INT32, BATCH);
    }

    private String inPixels(String boxes) {
        String size = frameSize();
        if (settings.fit() == Fit.STRETCH) {
            return onnx.node("boxes", "Mul", List.of(boxes, corners(size)));
        }
        String scaled = onnx.node("Mul", List.of(boxes, corners(extent(size))));
        return onnx.node("boxes", "Min", List.of(scaled, corners(size)));
    }

    /** The part of boxes, fractions of the input, that lies on the frame. */
    private String onFrame(String boxes) {
        if (settings.fit() == Fit.STRETCH) {
            return boxes;
        }
        String size = frameSize();
        String share = onnx.node("Div", List.of(corners(size), corners(extent(size))));
        return onnx.node("Min", List.of(boxes, share));
    }

    private String frameSize() {
        return onnx.node("Slice", List.of(onnx.node("Shape", List.of("frames")), onnx.integers(1), onnx.integers(3)));
    }

    private String extent(String size) {
        return new LetterboxNodes(onnx, settings.inputSize()).extent(size);
    }

    /** Columns, rows, columns and rows as floats. */
    private String corners(String size) {
        String four = onnx.node("Gather", List.of(size, onnx.integers(1, 0, 1, 0)), OnnxAttribute.of("axis", 0));
        return onnx.node("Cast", List.of(four), OnnxAttribute.of("to", OnnxType.FLOAT.number()));
    }

    private void addMasks(String logits) {
        String size = frameSize();
        boolean stretched = settings.fit() == Fit.STRETCH;
        String values = frameNodes.resize(logits, stretched ? size : extent(size));
        if (!stretched) {
            values = onnx.node("Slice", List.of(values, onnx.integers(0, 0), size, onnx.integers(2, 3)));
        }
        String largest =
                onnx.node("ArgMax", List.of(values), OnnxAttribute.of("axis", 1), OnnxAttribute.of("keepdims", 0));
        onnx.node("masks", "Cast", List.of(largest), OnnxAttribute.of("to", OnnxType.UINT8.number()));
        onnx.output("masks", OnnxType.UINT8, BATCH, rows, columns);
    }

    private void describe() {
        NonMaximumSuppression.Settings suppression = options.suppression();
        onnx.metadata("box_classes", json(settings.boxClasses()));
        onnx.metadata("mask_classes", json(settings.maskClasses()));
        onnx.metadata("input_size", settings.inputSize().toString());
        onnx.metadata("fit", Labels.of(settings.fit()));
        settings.covered().ifPresent(tile -> onnx.metadata("tile", tile.width() + "x" + tile.height()));
        onnx.metadata("crops", Boolean.toString(settings.crops()));
        onnx.metadata("max_pixels", Integer.toString(settings.maxPixels()));
        onnx.metadata("pixel_format", options.format().name().toLowerCase(Locale.ROOT));
        onnx.metadata("mean", Arrays.toString(FrameNodes.MEAN));
        onnx.metadata("deviation", Arrays.toString(FrameNodes.DEVIATION));
        onnx.metadata("score_threshold", Float.toString(suppression.scoreThreshold()));
        onnx.metadata("iou_threshold", Float.toString(suppression.iouThreshold()));
        onnx.metadata("candidates", Integer.toString(suppression.candidates()));
        onnx.metadata("detections", Integer.toString(suppression.detections()));
        onnx.metadata("suppressed", Boolean.toString(options.suppress()));
    }

    private static String json(List<String> names) {
        try {
            return JSON.writeValueAsString(names);
        } catch (JsonProcessingException problem) {
            throw new UncheckedIOException(problem);
        }
    }
}
