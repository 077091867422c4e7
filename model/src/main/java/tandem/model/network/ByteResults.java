package tandem.model.network;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import tandem.engine.Graph;
import tandem.engine.Quantization;
import tandem.engine.Tensor;
import tandem.engine.Variables;

/**
 * Finds the layers on bytes whose results are read by nothing but layers on bytes, as their inputs, with one meaning.
 * Such a result is written as bytes, so that there is no copy of it in FLOAT32; its values are the same.
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
        Map<Tensor, List<FoldedLayer>> readers =
                results.keySet().stream().collect(Collectors.groupingBy(FoldedLayer::x));
        Map<String, Quantization> meanings = new HashMap<>();
        results.forEach((layer, y) -> {
            List<FoldedLayer> next = readers.getOrDefault(y, List.of());
            if (quantized.contains(layer.name())
                    && !next.isEmpty()
                    && next.size() == reads.get(y)
                    && next.stream().allMatch(reader -> quantized.contains(reader.name()) && reader.residual() != y)) {
                Set<Quantization> wanted = next.stream()
                        .map(reader -> quantized.input(reader.name()))
                        .collect(Collectors.toSet());
                if (wanted.size() == 1) {
                    meanings.put(layer.name(), wanted.iterator().next());
                }
            }
        });
        return meanings;
    }
}
