package tandem.model.quantization;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.model.inference.LayerObserver;
import tandem.model.network.FoldedLayer;
import tandem.model.network.Outputs;
import tandem.model.network.QuantizedLayers.Range;

/** Calibration: the ranges of the inputs of all layers over the images that pass through a network in FLOAT32. */
public final class InputRanges implements LayerObserver {

    private final Map<String, ActivationHistogram> histograms = new LinkedHashMap<>();
    private List<FoldedLayer> layers = List.of();
    private ByteBuffer values = ByteBuffer.allocateDirect(0);

    @Override
    public void observe(Program program, List<FoldedLayer> observed, Outputs outputs) {
        layers = List.copyOf(observed);
        Map<Tensor, ActivationHistogram> done = new HashMap<>();
        for (FoldedLayer layer : layers) {
            ActivationHistogram histogram = done.get(layer.x());
            if (histogram == null) {
                histogram = histograms.computeIfAbsent(layer.name(), name -> new ActivationHistogram());
                histogram.add(read(program, layer.x()).asFloatBuffer());
                done.put(layer.x(), histogram);
            }
            histograms.putIfAbsent(layer.name(), histogram);
        }
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

    /** By name of the layer; without layers whose inputs were 0 in all images. Layers with one input have one range. */
    public Map<String, Range> ranges() {
        Map<ActivationHistogram, Range> known = new HashMap<>();
        Map<String, Range> ranges = new TreeMap<>();
        histograms.forEach((name, histogram) -> {
            if (!known.containsKey(histogram)) {
                histogram.range().ifPresent(range -> known.put(histogram, range));
            }
            if (known.containsKey(histogram)) {
                ranges.put(name, known.get(histogram));
            }
        });
        return ranges;
    }
}
