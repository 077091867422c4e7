package tandem.model.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import tandem.engine.Graph;
import tandem.engine.Quantization;
import tandem.engine.Tensor;
import tandem.engine.Variables;

/**
 * Finds the layers on bytes whose results are read by nothing but layers on bytes, as inputs or residuals in bytes,
 * with one meaning. Such a result is written as bytes, so that there is no copy of it in FLOAT32; its values are the
 * same. Between them, values are put to other places as bytes.
 */
final class ByteResults implements FoldedForm {

    /** Kernels that move bytes move four at a time. */
    private static final int MOVED_CHANNELS = 4;

    /**
     * What is or may be written as bytes.
     *
     * @param moved the tensor whose values are put to other places; null for the result of a layer
     */
    private record Result(String name, Tensor y, Tensor moved) {}

    private final QuantizedLayers quantized;
    private final List<Result> results = new ArrayList<>();
    /** What the bytes mean that a reader of a tensor requires; empty for one that reads FLOAT32. */
    private final Map<Tensor, List<Optional<Quantization>>> readers = new HashMap<>();

    private ByteResults(QuantizedLayers quantized) {
        this.quantized = quantized;
    }

    /**
     * The meanings of these results by name of the layer or rearrangement.
     *
     * @param network appends the network to a graph in a form
     */
    static Map<String, Quantization> of(QuantizedLayers quantized, BiConsumer<Graph, FoldedForm> network) {
        Graph graph = new Graph(new Variables());
        ByteResults found = new ByteResults(quantized);
        network.accept(graph, found);
        return found.meanings(graph);
    }

    @Override
    public Tensor append(Graph graph, FoldedLayer layer) {
        Tensor y = FUSED.append(graph, layer);
        boolean bytes = quantized.contains(layer.name());
        read(layer.x(), bytes ? Optional.of(quantized.input(layer.name())) : Optional.empty());
        if (layer.residual() != null) {
            read(layer.residual(), quantized.residual(layer.name()));
        }
        if (bytes) {
            results.add(new Result(layer.name(), y, null));
        }
        return y;
    }

    @Override
    public Tensor rearranged(Graph graph, String name, Tensor x, Rearrangement rearrangement) {
        Tensor y = rearrangement.append(graph, x);
        if (x.shape().dim(-1) % MOVED_CHANNELS == 0) {
            results.add(new Result(name, y, x));
        }
        return y;
    }

    private void read(Tensor tensor, Optional<Quantization> meaning) {
        readers.computeIfAbsent(tensor, key -> new ArrayList<>()).add(meaning);
    }

    private Map<String, Quantization> meanings(Graph graph) {
        Map<Tensor, Long> reads = graph.operations().stream()
                .flatMap(operation -> operation.inputs().stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        Map<String, Quantization> meanings = new HashMap<>();
        for (int i = results.size() - 1; i >= 0; i--) { // readers are later than what they read
            Result result = results.get(i);
            List<Optional<Quantization>> wanted = readers.getOrDefault(result.y(), List.of());
            Optional<Quantization> meaning = wanted.size() == reads.getOrDefault(result.y(), 0L)
                            && wanted.stream().distinct().count() == 1
                    ? wanted.get(0)
                    : Optional.empty();
            meaning.ifPresent(one -> meanings.put(result.name(), one));
            if (result.moved() != null) {
                read(result.moved(), meaning);
            }
        }
        return meanings;
    }
}
