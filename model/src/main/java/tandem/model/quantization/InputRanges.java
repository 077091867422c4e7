package tandem.model.quantization;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.model.inference.LayerObserver;
import tandem.model.network.FoldedLayer;
import tandem.model.network.Outputs;
import tandem.model.network.QuantizedLayers;
import tandem.model.network.QuantizedLayers.Range;

/**
 * Calibration: the ranges of the inputs and residuals of all layers over the images that pass through a network in
 * FLOAT32.
 */
public final class InputRanges implements LayerObserver {

    private final Map<String, ActivationHistogram> inputs = new LinkedHashMap<>();
    private final Map<String, ActivationHistogram> residuals = new LinkedHashMap<>();
    private List<FoldedLayer> layers = List.of();
    private ByteBuffer values = ByteBuffer.allocateDirect(0);

    @Override
    public void observe(Program program, List<FoldedLayer> observed, Outputs outputs) {
        layers = List.copyOf(observed);
        Map<Tensor, ActivationHistogram> done = new HashMap<>();
        layers.forEach(layer -> add(program, layer.x(), inputs, layer, done));
        layers.stream()
                .filter(layer -> layer.residual() != null)
                .forEach(layer -> add(program, layer.residual(), residuals, layer, done));
    }

    private void add(
            Program program,
            Tensor tensor,
            Map<String, ActivationHistogram> histograms,
            FoldedLayer layer,
            Map<Tensor, ActivationHistogram> done) {
        ActivationHistogram histogram = done.get(tensor);
        if (histogram == null) {
            histogram = histograms.computeIfAbsent(layer.name(), name -> new ActivationHistogram());
            histogram.add(read(program, tensor).asFloatBuffer());
            done.put(tensor, histogram);
        }
        histograms.putIfAbsent(layer.name(), histogram);
    }

    private ByteBuffer read(Program program, Tensor tensor) {
        if (values.capacity() < tensor.bytes()) {
            values = ByteBuffer.allocateDirect(Math.toIntExact(tensor.bytes())).order(ByteOrder.nativeOrder());
        }
        values.clear().limit((int) tensor.bytes());
        program.download(tensor, values);
        return values;
    }

    /** The layers with the tensors of the last batch, in their order. */
    public List<FoldedLayer> layers() {
        return layers;
    }

    /**
     * All layers on bytes, except those whose inputs were 0 in all images; residuals that were 0 are FLOAT32. What
     * reads the same tensor has the same range.
     */
    public QuantizedLayers all() {
        Map<ActivationHistogram, Optional<Range>> known = new HashMap<>();
        Map<String, Range> ranges = ranges(inputs, known);
        Map<String, Range> added = ranges(residuals, known);
        added.keySet().retainAll(ranges.keySet());
        return new QuantizedLayers(ranges, added);
    }

    private static Map<String, Range> ranges(
            Map<String, ActivationHistogram> histograms, Map<ActivationHistogram, Optional<Range>> known) {
        Map<String, Range> ranges = new TreeMap<>();
        histograms.forEach((name, histogram) -> known.computeIfAbsent(histogram, ActivationHistogram::range)
                .ifPresent(range -> ranges.put(name, range)));
        return ranges;
    }
}
