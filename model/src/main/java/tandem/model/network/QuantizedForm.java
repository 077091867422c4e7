package tandem.model.network;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Quantization;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables.Initializer;
import tandem.engine.operation.QuantizedConvolution;

/**
 * Some layers on bytes, the others fused. Layers that read the same tensor, as input or residual, share its bytes; the
 * results of {@link ByteResults} are bytes. A filter has a variable more then, the scale of each output channel.
 */
final class QuantizedForm implements FoldedForm {

    private static final String SCALE = ".scale";

    private record Bytes(Tensor x, Quantization meaning) {}

    private final QuantizedLayers layers;
    private final Map<String, Quantization> results;
    private final Map<Bytes, Tensor> bytes = new HashMap<>();

    /**
     * @param results by name, what the bytes of the results of some of the layers and rearrangements mean; the others
     *     are FLOAT32
     */
    QuantizedForm(QuantizedLayers layers, Map<String, Quantization> results) {
        this.layers = layers;
        this.results = results;
    }

    /** The name of the variable with the scales of a filter. */
    static String scaleName(String filter) {
        return filter + SCALE;
    }

    /** The filter whose scales a variable has; empty for other variables. */
    static Optional<String> filterOf(String variable) {
        return variable.endsWith(SCALE)
                ? Optional.of(variable.substring(0, variable.length() - SCALE.length()))
                : Optional.empty();
    }

    @Override
    public Tensor append(Graph graph, FoldedLayer layer) {
        if (!layers.contains(layer.name())) {
            return FUSED.append(graph, layer);
        }
        Quantization input = layers.input(layer.name());
        Tensor filter = layer.filter();
        Optional<Quantization> residualBytes =
                layer.residual() == null ? Optional.empty() : layers.residual(layer.name());
        Tensor scale = graph.variables()
                .parameter(scaleName(filter.name()), Shape.of(filter.shape().dim(0)), Initializer.constant(1));
        return QuantizedConvolution.apply(
                graph,
                bytes(graph, layer.x(), input),
                input,
                filter,
                scale,
                layer.bias(),
                residualBytes
                        .map(meaning -> bytes(graph, layer.residual(), meaning))
                        .orElse(layer.residual()),
                residualBytes,
                layer.activation(),
                layer.stride(),
                layer.padding(),
                Optional.ofNullable(results.get(layer.name())));
    }

    @Override
    public Tensor rearranged(Graph graph, String name, Tensor x, Rearrangement rearrangement) {
        Quantization meaning = results.get(name);
        return rearrangement.append(graph, meaning == null ? x : bytes(graph, x, meaning));
    }

    private Tensor bytes(Graph graph, Tensor x, Quantization meaning) {
        return x.type() == DataType.UINT8
                ? x
                : bytes.computeIfAbsent(new Bytes(x, meaning), key -> QuantizedConvolution.quantize(graph, x, meaning));
    }
}
