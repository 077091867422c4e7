package tandem.model.network;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.operation.Cast;

/**
 * One encoder, one neck, two heads. It holds no memory: it appends itself to graphs. There are two sets of variables:
 * those that are trained ({@link #variables}), read by {@link #training} and {@link #evaluation}, and those of the
 * folded form ({@link #foldedVariables}), read by {@link #inference} and computed from the first by {@link Fold}.
 */
public final class Network {

    private final NetworkSettings settings;
    private final List<ConvolutionUnit> units;

    /** The network of these settings. */
    public Network(NetworkSettings settings) {
        this.settings = settings;
        Layers.Folded layers = new Layers.Folded(new Graph(new Variables()), true);
        append(layers, images(layers.graph(), 1, settings.inputSide()));
        this.units = List.copyOf(layers.folded());
    }

    /** What it was made from. */
    public NetworkSettings settings() {
        return settings;
    }

    /**
     * The input of a graph of this network: normalised images, FLOAT32 (batch, side, side, 3), called {@code images}.
     */
    public Tensor images(Graph graph, int batch, int side) {
        return graph.input("images", DataType.FLOAT32, Shape.of(batch, side, side, 3));
    }

    /** Its parameters and states, always declared in the same order. */
    public Variables variables() {
        return variables(0);
    }

    /**
     * The same with the first parts of the encoder frozen: their parameters are states, and {@link #training}
     * normalises them by their running statistics.
     *
     * @param frozen how many: 0 none, 1 the stem, 2 the first stage too, and so on to 5, the whole encoder
     */
    public Variables variables(int frozen) {
        Variables variables = new Variables(name -> Encoder.within(name, frozen));
        Graph graph = new Graph(variables);
        training(graph, images(graph, 1, settings.inputSide()));
        return variables;
    }

    /** The filters and biases of the folded form. */
    public Variables foldedVariables() {
        Variables variables = new Variables();
        Graph graph = new Graph(variables);
        inference(graph, images(graph, 1, settings.inputSide()));
        return variables;
    }

    /**
     * The parameters to differentiate by: all but the biases of convolutions that batch normalisation follows. Their
     * gradient is identically zero, since normalisation subtracts the mean; computing it would give rounding noise.
     */
    public List<Tensor> trained(Variables variables) {
        Set<String> cancelled = new HashSet<>();
        units.stream().filter(ConvolutionUnit::bias).forEach(unit -> cancelled.add(unit.biasName()));
        return variables.parameters().stream()
                .map(Variables.Variable::tensor)
                .filter(tensor -> !cancelled.contains(tensor.name()))
                .toList();
    }

    /** Whether a parameter belongs to what both tasks read: encoder and neck. */
    public static boolean shared(String parameter) {
        return parameter.startsWith("encoder.") || parameter.startsWith("neck.");
    }

    /** Whether a parameter is a filter of the last layer that both tasks read: of those that make the pyramid. */
    public boolean lastShared(String parameter) {
        return parameter.startsWith(settings.neck() == NeckType.PAFPN ? "neck.pafpn." : "neck.fpn.")
                && parameter.endsWith(".conv.weight");
    }

    /**
     * Appends the training form: batch statistics, running statistics updated, differentiable.
     *
     * @param images (N, S, S, 3), normalised, of the type that all activations are to be stored in; S any multiple of
     *     32 of at least 64
     */
    public Outputs training(Graph graph, Tensor images) {
        return append(new Layers.Normalized(graph, true), images);
    }

    /** Appends the form with running statistics, not folded: the same variables as {@link #training}. */
    public Outputs evaluation(Graph graph, Tensor images) {
        return append(new Layers.Normalized(graph, false), images);
    }

    /** Appends the folded form, over {@link #foldedVariables}. */
    public Outputs inference(Graph graph, Tensor images) {
        return append(new Layers.Folded(graph, true), images);
    }

    /** The folded form once more, slower, such that it can be differentiated by its maps. */
    public Outputs differentiableInference(Graph graph, Tensor images) {
        return append(new Layers.Folded(graph, false), images);
    }

    List<ConvolutionUnit> units() {
        return units;
    }

    private Outputs append(Layers layers, Tensor images) {
        Shape shape = images.shape();
        if (shape.rank() != 4 || shape.dim(1) != shape.dim(2) || shape.dim(3) != 3) {
            throw new IllegalArgumentException("images must be (N, S, S, 3), not " + shape);
        }
        NetworkSettings.checkSide(shape.dim(1));
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
