package tandem.model.network;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Quantization;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.operation.Cast;
import tandem.model.image.PixelSize;

/**
 * One encoder, one neck, two heads. It has no memory of its own: it is appended to graphs. There are two sets of
 * variables: those that are trained ({@link #variables}), read by {@link #training} and {@link #evaluation}, and those
 * of the folded form ({@link #foldedVariables}), read by {@link #inference} and computed from the first by
 * {@link Fold}.
 */
public final class Network {

    private final NetworkSettings settings;
    private final List<ConvolutionUnit> units;
    private final List<String> layers;

    /** Creates the network of these settings. */
    public Network(NetworkSettings settings) {
        this.settings = settings;
        List<String> names = new ArrayList<>();
        Layers.Folded folded = new Layers.Folded(
                new Graph(new Variables()), FoldedForm.FUSED.observed(layer -> names.add(layer.name())));
        append(folded, images(folded.graph(), 1, settings.inputSize()));
        this.units = List.copyOf(folded.folded());
        this.layers = List.copyOf(names);
    }

    /** Its settings. */
    public NetworkSettings settings() {
        return settings;
    }

    /**
     * The input of a graph of this network: normalized images, FLOAT32 (batch, size, size, 3), named {@code images}.
     */
    public Tensor images(Graph graph, int batch, int size) {
        return images(graph, batch, PixelSize.square(size));
    }

    /** The same, FLOAT32 (batch, height, width, 3). */
    public Tensor images(Graph graph, int batch, PixelSize size) {
        return graph.input("images", DataType.FLOAT32, Shape.of(batch, size.height(), size.width(), 3));
    }

    /** Its parameters and states, always declared in the same order. */
    public Variables variables() {
        return variables(0);
    }

    /**
     * The same with the first parts of the encoder frozen: their parameters are states, and {@link #training}
     * normalizes them by their running statistics.
     *
     * @param frozen number of frozen parts: 0 none, 1 the stem, 2 also the first stage, up to 5, the whole encoder
     */
    public Variables variables(int frozen) {
        Variables variables = new Variables(name -> Encoder.within(name, frozen));
        Graph graph = new Graph(variables);
        training(graph, images(graph, 1, settings.inputSize()));
        return variables;
    }

    /** The filters and biases of the folded form. */
    public Variables foldedVariables() {
        return foldedVariables(QuantizedLayers.NONE);
    }

    /** The same with the scales of the filters of layers that multiply bytes. */
    public Variables foldedVariables(QuantizedLayers quantized) {
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        inference(graph, images(graph, 1, settings.inputSize()), quantized, layer -> {});
        return variables;
    }

    /** Names of the convolutions of the folded form, see {@link FoldedLayer#name}, in their order. */
    public List<String> layers() {
        return layers;
    }

    /**
     * The parameters that need gradients: all except the biases of convolutions before batch normalization. Their
     * gradient is identically zero, since normalization subtracts the mean; computing it would give rounding noise.
     */
    public List<Tensor> trained(Variables variables) {
        Set<String> cancelled = new HashSet<>();
        units.stream().filter(ConvolutionUnit::bias).forEach(unit -> cancelled.add(unit.biasName()));
        return variables.parameters().stream()
                .map(Variables.Variable::tensor)
                .filter(tensor -> !cancelled.contains(tensor.name()))
                .toList();
    }

    /** Whether a parameter is shared by both tasks: encoder and neck. */
    public static boolean shared(String parameter) {
        return parameter.startsWith("encoder.") || parameter.startsWith("neck.");
    }

    /** Whether a parameter is a filter of the last shared layer: the convolutions that output the pyramid. */
    public boolean lastShared(String parameter) {
        return parameter.startsWith(settings.neck() == NeckType.PAFPN ? "neck.pafpn." : "neck.fpn.")
                && parameter.endsWith(".conv.weight");
    }

    /**
     * Appends the training form: batch statistics, running statistics updated, differentiable.
     *
     * @param images (N, H, W, 3), normalized, of the data type of all activations; H and W any multiples of 32 of at
     *     least 64
     */
    public Outputs training(Graph graph, Tensor images) {
        return append(new Layers.Normalized(graph, true, settings.initialization()), images);
    }

    /** Appends the form with running statistics, not folded: the same variables as {@link #training}. */
    public Outputs evaluation(Graph graph, Tensor images) {
        return append(new Layers.Normalized(graph, false, settings.initialization()), images);
    }

    /** Appends the folded form, over {@link #foldedVariables}. */
    public Outputs inference(Graph graph, Tensor images) {
        return inference(graph, images, QuantizedLayers.NONE, layer -> {});
    }

    /**
     * The same with some layers on bytes, over {@link #foldedVariables(QuantizedLayers)}.
     *
     * @param images FLOAT32 when a layer is on bytes
     * @param observer receives each convolution before it is appended
     */
    public Outputs inference(Graph graph, Tensor images, QuantizedLayers quantized, Consumer<FoldedLayer> observer) {
        Map<String, Quantization> bytes = quantized.any()
                ? ByteResults.of(
                        quantized,
                        (trial, form) -> inference(trial, trial.input("images", images.type(), images.shape()), form))
                : Map.of();
        return inference(graph, images, new QuantizedForm(quantized, bytes).observed(observer));
    }

    /** Appends the folded form with these operations. */
    Outputs inference(Graph graph, Tensor images, FoldedForm form) {
        return append(new Layers.Folded(graph, form), images);
    }

    /**
     * The folded form without fused operations, slower, which can be differentiated with respect to its feature maps.
     */
    public Outputs differentiableInference(Graph graph, Tensor images) {
        return append(new Layers.Folded(graph, FoldedForm.SEPARATE), images);
    }

    List<ConvolutionUnit> units() {
        return units;
    }

    private Outputs append(Layers layers, Tensor images) {
        Shape shape = images.shape();
        if (shape.rank() != 4 || shape.dim(3) != 3) {
            throw new IllegalArgumentException("images must be (N, H, W, 3), not " + shape);
        }
        NetworkSettings.checkInputSize(new PixelSize(shape.dim(2), shape.dim(1)));
        List<Tensor> maps = List.copyOf(new Encoder(layers, settings).maps(images));
        List<Tensor> pyramid = new Neck(layers, settings).pyramid(maps);
        Heads heads = new Heads(layers, settings);
        Graph graph = layers.graph();
        Tensor location = settings.detects() ? Cast.to(graph, heads.location(pyramid), DataType.FLOAT32) : null;
        Tensor confidence = settings.detects() ? Cast.to(graph, heads.confidence(pyramid), DataType.FLOAT32) : null;
        Tensor segmentation =
                settings.segments() ? Cast.to(graph, heads.segmentation(pyramid), DataType.FLOAT32) : null;
        return new Outputs(location, confidence, segmentation, maps, List.copyOf(pyramid));
    }
}
