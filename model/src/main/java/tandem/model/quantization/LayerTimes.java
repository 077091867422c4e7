package tandem.model.quantization;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Program;
import tandem.engine.Quantization;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Variables.Initializer;
import tandem.engine.Weights;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.QuantizedConvolution;
import tandem.model.network.FoldedLayer;
import tandem.model.network.QuantizedLayers.Range;

/** Measures layers alone, in FLOAT32 with the algorithm that the device chooses, and on bytes. */
public final class LayerTimes {

    private static final long WARM_UP_NANOSECONDS = 60_000_000;
    private static final long NANOSECONDS = 60_000_000;

    private final Device device;
    private final Map<List<Object>, Time> known = new HashMap<>();

    /**
     * The time of one layer.
     *
     * @param floats milliseconds in FLOAT32
     * @param bytes milliseconds on bytes, the conversion of the input included
     */
    public record Time(double floats, double bytes) {
        /** Milliseconds that bytes save. */
        public double saved() {
            return floats - bytes;
        }
    }

    /** @param device has convolutions on bytes */
    public LayerTimes(Device device) {
        this.device = device;
    }

    /** The time of a layer; layers of equal shapes are measured once. */
    public Time of(FoldedLayer layer, Range range) {
        Quantization input = Quantization.of(range.low(), range.high());
        List<Object> key = List.of(
                layer.x().shape(),
                layer.filter().shape(),
                layer.bias() != null,
                layer.residual() != null,
                layer.activation(),
                layer.stride(),
                input.zeroPoint() == 0);
        return known.computeIfAbsent(
                key,
                shapes -> new Time(
                        measure(layer, alone -> fused(alone)), measure(layer, alone -> quantized(alone, input))));
    }

    /** A layer with tensors of its own. */
    private record Alone(Graph graph, FoldedLayer layer) {

        static Alone of(FoldedLayer layer) {
            Variables variables = new Variables();
            Graph graph = new Graph(variables);
            Initializer zero = Initializer.constant(0);
            Shape filter = layer.filter().shape();
            return new Alone(
                    graph,
                    new FoldedLayer(
                            layer.name(),
                            graph.input("x", DataType.FLOAT32, layer.x().shape()),
                            variables.parameter("filter", filter, zero),
                            layer.bias() == null ? null : variables.parameter("bias", Shape.of(filter.dim(0)), zero),
                            layer.residual() == null
                                    ? null
                                    : graph.input(
                                            "residual",
                                            DataType.FLOAT32,
                                            layer.residual().shape()),
                            layer.activation(),
                            layer.stride(),
                            layer.padding()));
        }
    }

    private static Tensor fused(Alone alone) {
        FoldedLayer layer = alone.layer();
        return Convolution.fused(
                alone.graph(),
                layer.x(),
                layer.filter(),
                layer.bias(),
                layer.residual(),
                layer.activation(),
                layer.stride(),
                layer.padding());
    }

    private static Tensor quantized(Alone alone, Quantization input) {
        FoldedLayer layer = alone.layer();
        Tensor scale = alone.graph()
                .variables()
                .parameter("scale", Shape.of(layer.filter().shape().dim(0)), Initializer.constant(1));
        return QuantizedConvolution.apply(
                alone.graph(),
                QuantizedConvolution.quantize(alone.graph(), layer.x(), input),
                input,
                layer.filter(),
                scale,
                layer.bias(),
                layer.residual(),
                layer.activation(),
                layer.stride(),
                layer.padding(),
                Optional.empty());
    }

    private double measure(FoldedLayer layer, Function<Alone, Tensor> form) {
        Alone alone = Alone.of(layer);
        alone.graph().keep(form.apply(alone));
        try (Weights weights = new Weights(device, alone.graph().variables())) {
            weights.initialize(1);
            try (Program program = Program.frozen(device, alone.graph(), weights)) {
                for (long began = System.nanoTime(); System.nanoTime() - began < WARM_UP_NANOSECONDS; ) {
                    program.run();
                }
                long least = Long.MAX_VALUE;
                for (long began = System.nanoTime(), end = began; end - began < NANOSECONDS; ) {
                    long before = System.nanoTime();
                    program.run();
                    device.synchronize();
                    end = System.nanoTime();
                    least = Math.min(least, end - before);
                }
                return least / 1e6;
            }
        }
    }
}
