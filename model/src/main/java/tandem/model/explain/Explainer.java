package tandem.model.explain;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.MatrixProduct;
import tandem.engine.operation.Move;
import tandem.model.augment.Augment;
import tandem.model.augment.ImageParameters;
import tandem.model.data.DecodedImage;
import tandem.model.image.PixelSize;
import tandem.model.inference.FoldedModel;
import tandem.model.inference.InputImages;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;

/**
 * Explains the predictions for one image at a time. For a box or mask class, it differentiates the sum of the class's
 * logits with respect to the feature maps that both tasks share. An image of any size is resized to the network's
 * input, as in prediction; the heat maps have the input's aspect ratio.
 */
public final class Explainer implements AutoCloseable {

    private static final class Head {
        private Tensor logits;
        private Tensor selection;
        private int classes;
        private final Map<MapName, Tensor> gradients = new LinkedHashMap<>();
    }

    private final NetworkSettings settings;
    private final int pixels;
    private final InputImages input;
    private final Tensor pixelInput;
    private final Tensor parameterInput;
    private final Map<MapName, Tensor> maps = new LinkedHashMap<>();
    private final Head boxes;
    private final Head masks;
    private final Program program;
    /** The share of the input that the last image covers. */
    private double across = 1;

    private double down = 1;

    /**
     * Plans and allocates.
     *
     * @param model stays open for as long as this is used
     * @param pixels maximum number of pixels of an image; values above the network's limit have no effect
     */
    public Explainer(FoldedModel model, int pixels) {
        this.settings = model.network().settings();
        this.pixels = Math.min(pixels, settings.maxPixels());
        this.input = new InputImages(1, this.pixels, settings.conversion().placement());
        Graph graph = new Graph(model.variables());
        pixelInput = graph.input("pixels", DataType.UINT8, Shape.of(1, this.pixels, 3));
        parameterInput = graph.input("parameters", DataType.FLOAT32, Shape.of(1, ImageParameters.COUNT));
        Network network = model.network();
        Outputs outputs = network.differentiableInference(
                graph, Augment.images(graph, pixelInput, parameterInput, settings.inputSize()));
        keep(graph, MapName.Part.ENCODER, outputs.encoder());
        keep(graph, MapName.Part.NECK, outputs.pyramid());
        boxes = settings.detects() ? head(graph, "boxes", outputs.confidence()) : null;
        masks = settings.segments() ? head(graph, "masks", outputs.segmentation()) : null;
        program = Program.of(model.device(), graph, model.weights(), null);
    }

    private void keep(Graph graph, MapName.Part part, List<Tensor> tensors) {
        for (int level = 0; level < tensors.size(); level++) {
            maps.put(new MapName(part, level), graph.keep(tensors.get(level)));
        }
    }

    private Head head(Graph graph, String name, Tensor logits) {
        Head head = new Head();
        head.logits = graph.keep(logits);
        head.classes = logits.shape().dim(-1);
        int count = Math.toIntExact(logits.elements());
        head.selection = graph.input(name + "_selection", DataType.FLOAT32, Shape.of(count, 1));
        Tensor sum = Move.view(
                graph,
                MatrixProduct.apply(graph, Move.view(graph, logits, Shape.of(1, count)), head.selection),
                Shape.of());
        Map<Tensor, Tensor> gradients = BackwardPass.append(graph, sum, maps.values());
        maps.forEach((map, tensor) -> {
            if (gradients.containsKey(tensor)) {
                head.gradients.put(map, gradients.get(tensor));
            }
        });
        return head;
    }

    /** The settings of the network. */
    public NetworkSettings settings() {
        return settings;
    }

    /**
     * Runs the network on an image; later calls refer to this image.
     *
     * @param image at full size
     * @throws IllegalArgumentException when the image has too many pixels, or is larger than the crops of the training
     */
    public void run(DecodedImage image) {
        PixelSize extent = settings.conversion().placement().extent(image.width(), image.height());
        DecodedImage seen = settings.crops() ? image : image.within(settings.maxPixels());
        if (seen.width() * seen.height() > pixels) {
            throw new IllegalArgumentException(
                    "an image of " + image.width() + " x " + image.height() + " pixels, the maximum is " + pixels);
        }
        across = (double) image.width() / extent.width();
        down = (double) image.height() / extent.height();
        input.put(0, seen);
        input.upload(program, pixelInput, parameterInput);
        program.run();
    }

    /** The best score of a class of boxes in the last image, from 0 to 1. */
    public double boxScore(int label) {
        return ExplainedLogits.boxes(read(boxes.logits), boxes.classes, label).share();
    }

    /** The share of the last image's pixels of a mask class; class 0 is the background. */
    public double maskShare(int value) {
        return ExplainedLogits.pixels(read(masks.logits), masks.classes, value).share();
    }

    /** The evidence for boxes of a class, an index into the box classes. */
    public Evidence box(int label, List<MapName> maps) {
        ExplainedLogits selection = ExplainedLogits.boxes(read(boxes.logits), boxes.classes, label);
        return new Evidence(settings.boxClasses().get(label), selection.share(), heat(boxes, selection, maps));
    }

    /** The evidence for pixels of a class: 0 is the background, 1 the first mask class. */
    public Evidence mask(int value, List<MapName> maps) {
        ExplainedLogits selection = ExplainedLogits.pixels(read(masks.logits), masks.classes, value);
        return new Evidence(
                value == 0 ? "background" : settings.maskClasses().get(value - 1),
                selection.share(),
                heat(masks, selection, maps));
    }

    private Map<MapName, HeatValues> heat(Head head, ExplainedLogits selection, List<MapName> maps) {
        ByteBuffer bytes = direct((int) head.selection.bytes());
        bytes.asFloatBuffer().put(selection.values());
        program.upload(head.selection, bytes);
        program.run();
        Map<MapName, HeatValues> heat = new LinkedHashMap<>();
        for (MapName name : maps) {
            HeatValues sum = null;
            for (int level : name.levels(settings)) {
                MapName one = new MapName(name.part(), level);
                HeatValues values = values(one).gradCam(gradient(head, one));
                sum = sum == null ? values : sum.plus(values);
            }
            heat.put(name, sum.upperLeft(across, down));
        }
        return heat;
    }

    /** A feature map of the last image, of one level. */
    public MapValues values(MapName name) {
        return values(maps.get(name), read(maps.get(name)));
    }

    /** The gradient of the last explained outputs with respect to one map; 0 where they do not depend on it. */
    private MapValues gradient(Head head, MapName name) {
        Tensor gradient = head.gradients.get(name);
        Tensor map = maps.get(name);
        return values(map, gradient == null ? new float[(int) map.elements()] : read(gradient));
    }

    MapValues boxGradient(MapName name) {
        return gradient(boxes, name);
    }

    MapValues maskGradient(MapName name) {
        return gradient(masks, name);
    }

    float[] boxLogits() {
        return read(boxes.logits);
    }

    float[] maskLogits() {
        return read(masks.logits);
    }

    /** The names of all feature maps of one level. */
    public List<MapName> maps() {
        return new ArrayList<>(maps.keySet());
    }

    private static MapValues values(Tensor map, float[] values) {
        return new MapValues(map.shape().dim(2), map.shape().dim(1), map.shape().dim(3), values);
    }

    private float[] read(Tensor tensor) {
        ByteBuffer bytes = direct((int) tensor.bytes());
        program.download(tensor, bytes.duplicate());
        float[] values = new float[(int) tensor.elements()];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static ByteBuffer direct(int bytes) {
        return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
    }

    @Override
    public void close() {
        program.close();
    }
}
