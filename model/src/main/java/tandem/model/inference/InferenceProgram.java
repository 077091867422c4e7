package tandem.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Operation;
import tandem.engine.Plan;
import tandem.engine.Program;
import tandem.engine.Resources;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.operation.Cast;
import tandem.kernels.KernelEntry;
import tandem.model.augment.Augment;
import tandem.model.augment.ImageParameters;
import tandem.model.detection.Anchors;
import tandem.model.detection.Detections;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.PixelSize;
import tandem.model.image.Placement;
import tandem.model.network.FoldedLayer;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.network.Outputs;
import tandem.model.network.QuantizedLayers;

/**
 * Inference for batches of constant size: from images to boxes and masks. After the first batch nothing is allocated,
 * except for the mask of an image of a new size.
 */
public final class InferenceProgram implements AutoCloseable {

    private final NetworkSettings settings;
    private final int images;
    private final int pixels;
    private final Tensor pixelInput;
    private final Tensor parameterInput;
    private final Detections detections;
    private final Program program;
    private final NativeMasks masks;
    private final Device device;
    private final Tensor logits;
    private final Outputs outputs;
    private final List<FoldedLayer> layers = new ArrayList<>();
    private final Optional<LayerObserver> observer;
    private final OutputSums sums;
    private final Resources owned = new Resources();
    private NativeMasks certainMasks;
    private final ByteBuffer boxes;
    private final ByteBuffer scores;
    private final FoldedModel model;
    private long revision;
    private final ByteBuffer labels;
    private final ByteBuffer counts;
    private final int limit;
    private final Placement placement;
    /** The extent of the last image, and its size: equal sizes allocate nothing. */
    private PixelSize extent;

    private int lastWidth;
    private int lastHeight;

    /**
     * Plans and allocates.
     *
     * @param model must stay open while the program is used
     * @param images images per batch
     * @param pixels maximum number of pixels of each image
     */
    public InferenceProgram(FoldedModel model, int images, int pixels, NonMaximumSuppression.Settings suppression) {
        this(model, images, pixels, suppression, graph -> Program.frozen(model.device(), graph, model.weights()));
    }

    private InferenceProgram(
            FoldedModel model,
            int images,
            int pixels,
            NonMaximumSuppression.Settings suppression,
            Function<Graph, Program> maker) {
        device = model.device();
        this.settings = model.network().settings();
        this.images = images;
        this.pixels = pixels;
        this.limit = suppression.detections();
        this.placement = settings.conversion().placement();
        this.model = model;
        this.revision = model.revision();
        Description described = Description.of(
                model.network(),
                model.variables(),
                images,
                pixels,
                suppression,
                model.storage(),
                model.quantized(),
                layers::add);
        Graph graph = described.graph();
        outputs = described.outputs();
        observer = model.observer();
        if (observer.isPresent()) {
            keepObserved(graph);
        }
        pixelInput = described.pixels();
        parameterInput = described.parameters();
        detections = described.detections();
        sums = described.sums();
        logits = outputs.segmentation();
        try {
            program = owned.add(maker.apply(graph));
            masks = settings.segments()
                    ? owned.add(new NativeMasks(device, program.memory(logits), logits.shape(), placement, false))
                    : null;
            boxes = direct(images * limit * 4);
            scores = direct(images * limit);
            labels = direct(images * limit);
            counts = direct(images);
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    /**
     * The memory plan of such a program, without allocation.
     *
     * @param storage type of activations and filters
     */
    public static Plan plan(
            Device device,
            Network network,
            int images,
            int pixels,
            NonMaximumSuppression.Settings suppression,
            DataType storage) {
        return Plan.frozen(
                Description.of(
                                network,
                                network.foldedVariables(),
                                images,
                                pixels,
                                suppression,
                                storage,
                                QuantizedLayers.NONE,
                                layer -> {})
                        .graph(),
                device);
    }

    /** The kernels of such a program. */
    static List<KernelEntry> kernels(Network network, DataType storage) {
        Description described = Description.of(
                network,
                network.foldedVariables(),
                1,
                1,
                NonMaximumSuppression.Settings.DEFAULT,
                storage,
                QuantizedLayers.NONE,
                layer -> {});
        List<Operation> operations = new ArrayList<>(described.graph().operations());
        if (network.settings().segments()) {
            Shape shape = described.outputs().segmentation().shape();
            operations.addAll(NativeMasks.decoding(shape));
        }
        return operations.stream()
                .flatMap(operation -> operation.kernels().stream())
                .distinct()
                .toList();
    }

    private record Description(
            Graph graph, Tensor pixels, Tensor parameters, Outputs outputs, Detections detections, OutputSums sums) {

        static Description of(
                Network network,
                Variables variables,
                int images,
                int pixels,
                NonMaximumSuppression.Settings suppression,
                DataType storage,
                QuantizedLayers quantized,
                Consumer<FoldedLayer> observer) {
            NetworkSettings settings = network.settings();
            PixelSize size = settings.inputSize();
            Graph graph = new Graph(variables);
            Tensor pixelInput = graph.input("pixels", DataType.UINT8, Shape.of(images, pixels, 3));
            Tensor parameterInput =
                    graph.input("parameters", DataType.FLOAT32, Shape.of(images, ImageParameters.COUNT));
            Outputs outputs = network.inference(
                    graph,
                    Cast.to(graph, Augment.images(graph, pixelInput, parameterInput, size), storage),
                    quantized,
                    observer);
            Detections detections = null;
            if (settings.detects()) {
                Tensor anchors = Anchors.of(size.width(), size.height(), settings.anchorBase(), settings.strides())
                        .constant(graph);
                detections = NonMaximumSuppression.apply(
                                graph, outputs.location(), outputs.confidence(), anchors, suppression)
                        .keep(graph);
            }
            if (settings.segments()) {
                graph.keep(outputs.segmentation());
            }
            return new Description(
                    graph, pixelInput, parameterInput, outputs, detections, OutputSums.of(graph, outputs));
        }
    }

    private void keepObserved(Graph graph) {
        layers.stream()
                .flatMap(layer -> Stream.of(layer.x(), layer.residual()))
                .filter(Objects::nonNull)
                .forEach(graph::keep);
        Stream.of(outputs.location(), outputs.confidence(), outputs.segmentation())
                .filter(Objects::nonNull)
                .forEach(graph::keep);
    }

    private static ByteBuffer direct(int words) {
        return ByteBuffer.allocateDirect(words * 4).order(ByteOrder.nativeOrder());
    }

    /**
     * A program that releases the filters of the model as it prepares its own: one copy of them is in memory. Models
     * that are updated must not be used in this way.
     */
    static InferenceProgram withFiltersAlone(
            FoldedModel model, int images, int pixels, NonMaximumSuppression.Settings suppression) {
        return new InferenceProgram(model, images, pixels, suppression, model::releasingProgram);
    }

    /** Images per batch. */
    public int images() {
        return images;
    }

    /** Maximum number of pixels of each image. */
    public int pixels() {
        return pixels;
    }

    /** UINT8 (N, P, 3). */
    Tensor pixelInput() {
        return pixelInput;
    }

    /** FLOAT32 (N, 12), see {@link ImageParameters}. */
    Tensor parameterInput() {
        return parameterInput;
    }

    /** The program itself, for uploads and its profile. */
    Program program() {
        return program;
    }

    /** Shape of the segmentation logits, (N, h, w, C); null without segmentation. */
    Shape logitsShape() {
        return logits == null ? null : logits.shape();
    }

    /** Copies the segmentation logits of the last run, FLOAT32. */
    void readLogits(ByteBuffer target) {
        program.download(logits, target.clear());
    }

    /** The plan of its memory. */
    public Plan plan() {
        return program.plan();
    }

    /** Uploads the images of a batch, runs the program and reads their boxes. */
    public void run(InputImages images) {
        images.upload(program, pixelInput, parameterInput);
        run();
    }

    /** Runs the program on the uploaded images and reads the boxes of all images. */
    public void run() {
        if (revision != model.revision()) {
            revision = model.revision();
            program.refresh();
        }
        program.run();
        if (observer.isPresent()) {
            observer.get().observe(program, layers, outputs);
        }
        if (detections != null) {
            program.download(detections.boxes(), boxes.clear());
            program.download(detections.scores(), scores.clear());
            program.download(detections.labels(), labels.clear());
            program.download(detections.counts(), counts.clear());
        }
    }

    /**
     * Whether all outputs of the network for the last batch were finite: with others there are no boxes and the mask is
     * background.
     */
    public boolean isFinite() {
        return sums.areFinite(program);
    }

    /** Throws {@link NonFiniteOutputException} when an output of the network for the last batch was not finite. */
    void requireFinite() {
        if (!isFinite()) {
            throw new NonFiniteOutputException();
        }
    }

    /**
     * Copies the predictions of the last run for one image.
     *
     * @param image its index in the batch
     * @param width columns of the image (height: rows): the unit of boxes and the size of the mask
     */
    public void read(int image, int width, int height, Inspection result) {
        readBoxes(image, width, height, extent(width, height), result, masks != null);
        if (masks != null) {
            masks.decode(image, width, height, result.mask());
        }
    }

    /** The same without the mask, which is then not decoded. */
    public void readBoxes(int image, int width, int height, Inspection result) {
        readBoxes(image, width, height, extent(width, height), result, false);
    }

    /** The boxes of a tile that covers the whole input. */
    void readTile(int image, PixelSize tile, Inspection result) {
        readBoxes(image, tile.width(), tile.height(), tile, result, false);
    }

    private PixelSize extent(int width, int height) {
        if (extent == null || width != lastWidth || height != lastHeight) {
            extent = placement.extent(width, height);
            lastWidth = width;
            lastHeight = height;
        }
        return extent;
    }

    private void readBoxes(int image, int width, int height, PixelSize covered, Inspection result, boolean withMask) {
        result.begin(settings, width, height, limit, withMask);
        if (detections != null) {
            int count = counts.getInt(4 * image);
            for (int i = 0; i < count; i++) {
                int row = image * limit + i;
                float left = boxes.getFloat(16 * row) * covered.width();
                float top = boxes.getFloat(16 * row + 4) * covered.height();
                float right = Math.min(width, boxes.getFloat(16 * row + 8) * covered.width());
                float bottom = Math.min(height, boxes.getFloat(16 * row + 12) * covered.height());
                if (left < right && top < bottom) {
                    result.add(labels.getInt(4 * row), scores.getFloat(4 * row), left, top, right, bottom);
                }
            }
        }
    }

    /**
     * Decodes the mask of one image of the last run together with the probability of each pixel's class. Only for a
     * network that segments.
     *
     * @param mask receives the class of each pixel, {@code width * height} bytes from its start to its limit
     * @param confidence receives the softmax probability of that class, as many floats
     */
    public void readMask(int image, int width, int height, ByteBuffer mask, ByteBuffer confidence) {
        if (masks == null) {
            throw new IllegalStateException("the network does not segment");
        }
        if (certainMasks == null) {
            certainMasks = owned.add(new NativeMasks(device, program.memory(logits), logits.shape(), placement, true));
        }
        certainMasks.decode(image, width, height, mask);
        certainMasks.confidence(confidence);
    }

    @Override
    public void close() {
        owned.close();
    }
}
