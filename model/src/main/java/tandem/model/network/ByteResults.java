package tandem.model.network;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
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
 * same.
 */
final class ByteResults {

    private ByteResults() {}

    /**
     * The meanings of these results by name of the layer.
     *
     * @param network appends the network to a graph in a form
     */
    static Map<String, Quantization> of(QuantizedLayers quantized, BiConsumer<Graph, FoldedForm> network) {
        Graph graph = new Graph(new Variables());
        Map<FoldedLayer, Tensor> results = new LinkedHashMap<>();
        network.accept(graph, (target, layer) -> {
            Tensor y = FoldedForm.FUSED.append(target, layer);
            results.put(layer, y);
            return y;
        });
        Map<Tensor, Long> reads = graph.operations().stream()
                .flatMap(operation -> operation.inputs().stream())
                .collect(Collectors.groupingBy(Function.identity(), Collectors.counting()));
        Map<Tensor, List<Optional<Quantization>>> readers = new HashMap<>();
        results.keySet().forEach(layer -> {
            boolean bytes = quantized.contains(layer.name());
            readers.computeIfAbsent(layer.x(), x -> new ArrayList<>())
                    .add(bytes ? Optional.of(quantized.input(layer.name())) : Optional.empty());
            if (layer.residual() != null) {
                readers.computeIfAbsent(layer.residual(), residual -> new ArrayList<>())
                        .add(quantized.residual(layer.name()));
            }
        });
        Map<String, Quantization> meanings = new HashMap<>();
        results.forEach((layer, y) -> {
            List<Optional<Quantization>> wanted = readers.getOrDefault(y, List.of());
            if (quantized.contains(layer.name())
                    && !wanted.isEmpty()
                    && wanted.size() == reads.get(y)
                    && wanted.stream().distinct().count() == 1) {
                wanted.get(0).ifPresent(meaning -> meanings.put(layer.name(), meaning));
            }
        });
        return meanings;
    }
}
