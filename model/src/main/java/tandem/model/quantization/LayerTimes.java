package tandem.model.quantization;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Graph;
import tandem.engine.Profile;
import tandem.engine.Program;
import tandem.engine.Quantization;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Variables.Initializer;
import tandem.engine.Weights;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.QuantizedConvolution;
import tandem.model.network.FoldedLayer;
import tandem.model.network.QuantizedLayers;
import tandem.model.network.QuantizedLayers.Range;

/**
 * Measures layers alone, in FLOAT32 with the algorithm that the device chooses, and on bytes. As in the network, before
 * each run the input is computed and the filter is not in the caches of the cores.
 */
public final class LayerTimes {

    private static final long WARM_UP_NANOSECONDS = 60_000_000;
    private static final long NANOSECONDS = 120_000_000;

    /** Floats of a tensor whose computation takes the place of all else in the first and second level of the caches. */
    private static final int OTHER_VALUES = 4 << 20;

    private static final String CONVERSION = "quantize";
    private static final Set<String> CONVOLUTIONS = Set.of("convolution_quantized", "convolution_fused");

    private final Device device;
    private final Map<List<Object>, Time> known = new HashMap<>();

    /**
     * The time of one layer.
     *
     * @param floats milliseconds in FLOAT32
     * @param bytes milliseconds on bytes
     * @param conversion milliseconds of the conversion of the input to bytes; it is not needed, or serves several
     *     layers, where other layers on bytes are before or beside this one
     */
    public record Time(double floats, double bytes, double conversion) {
        /** The time of a layer that is not used. */
        public static final Time NONE = new Time(0, 0, 0);

        /** Milliseconds on bytes with the conversion. */
        public double converted() {
            return bytes + conversion;
        }

        /** Milliseconds that bytes save with the conversion. */
        public double saved() {
            return floats - converted();
        }
    }

    /** @param device has convolutions on bytes */
    public LayerTimes(Device device) {
        this.device = device;
    }

    /**
     * The time of a layer; layers of equal shapes are measured once.
     *
     * @param all has the range of the layer, and of its residual
     */
    public Time of(FoldedLayer layer, QuantizedLayers all) {
        Quantization input = all.ranges().get(layer.name()).quantization();
        Optional<Quantization> residual =
                Optional.ofNullable(all.residuals().get(layer.name())).map(Range::quantization);
        List<Object> key = List.of(
                layer.x().shape(),
                layer.filter().shape(),
                layer.bias() != null,
                layer.residual() != null,
                layer.activation(),
                layer.stride(),
                input.zeroPoint() == 0,
                residual.isPresent());
        return known.computeIfAbsent(key, shapes -> measure(layer, input, residual));
    }

    /** In turn, as the speed of a machine may change within a second. */
    private Time measure(FoldedLayer layer, Quantization input, Optional<Quantization> residual) {
        try (Form floats = new Form(layer, LayerTimes::fused);
                Form bytes = new Form(layer, alone -> quantized(alone, input, residual))) {
            floats.warmUp();
            bytes.warmUp();
            for (long began = System.nanoTime(); System.nanoTime() - began < NANOSECONDS; ) {
                floats.run();
                bytes.run();
            }
            return new Time(floats.convolution, bytes.convolution, bytes.conversion);
        }
    }

    /** A layer with tensors of its own. */
    private record Alone(Graph graph, FoldedLayer layer) {

        static Alone of(FoldedLayer layer) {
            Variables variables = new Variables();
            Graph graph = new Graph(variables);
            Initializer zero = Initializer.constant(0);
            Shape filter = layer.filter().shape();
            Tensor other = graph.input("other", DataType.FLOAT32, Shape.of(OTHER_VALUES));
            graph.keep(Elementwise.add(graph, other, other));
            Tensor before = graph.input("x", DataType.FLOAT32, layer.x().shape());
            return new Alone(
                    graph,
                    new FoldedLayer(
                            layer.name(),
                            Elementwise.add(graph, before, before),
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

    private static Tensor quantized(Alone alone, Quantization input, Optional<Quantization> residual) {
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
                layer.residual() == null || residual.isEmpty()
                        ? layer.residual()
                        : alone.graph()
                                .input(
                                        "residual_bytes",
                                        DataType.UINT8,
                                        layer.residual().shape()),
                residual,
                layer.activation(),
                layer.stride(),
                layer.padding(),
                Optional.empty());
    }

    /** A layer in one of both types, with the least time so far. */
    private final class Form implements AutoCloseable {

        private final Weights weights;
        private final Program program;
        private double convolution = Double.MAX_VALUE;
        private double conversion = Double.MAX_VALUE;

        Form(FoldedLayer layer, Function<Alone, Tensor> form) {
            Alone alone = Alone.of(layer);
            alone.graph().keep(form.apply(alone));
            weights = new Weights(device, alone.graph().variables());
            try {
                weights.initialize(1);
                program = Program.frozen(device, alone.graph(), weights);
            } catch (RuntimeException | Error problem) {
                weights.close();
                throw problem;
            }
        }

        void warmUp() {
            for (long began = System.nanoTime(); System.nanoTime() - began < WARM_UP_NANOSECONDS; ) {
                program.run();
            }
            program.profile().enable(true);
        }

        void run() {
            Profile profile = program.profile();
            profile.reset();
            program.run();
            convolution = Math.min(convolution, milliseconds(profile, CONVOLUTIONS::contains));
            conversion = Math.min(conversion, milliseconds(profile, CONVERSION::equals));
        }

        @Override
        public void close() {
            program.close();
            weights.close();
        }
    }

    private static double milliseconds(Profile profile, Predicate<String> names) {
        return profile.byName().stream()
                        .filter(line -> names.test(line.name()))
                        .mapToLong(Profile.Line::nanoseconds)
                        .sum()
                / 1e6;
    }
}
