package tandem.model.network;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.FloatBuffer;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.model.weights.SafetensorsReader;

/**
 * Computes the variables of the folded form. With running mean m and variance v, scale s = gamma / sqrt(v + epsilon):
 * filter' = s filter and bias' = s (bias - m) + beta, channel by channel. The scale of a filter that is rounded to
 * bytes is its maximum magnitude divided by the maximum byte.
 */
public final class Fold {

    /** Added to the variance, as in batch normalization. */
    private static final double EPSILON = 1e-5;

    /** The trained variables, by name. */
    public interface Source {
        /** All values of a variable. */
        float[] read(String name) throws IOException;

        /** The values of a variable part by part, which may be changed. */
        void read(String name, SafetensorsReader.Part part) throws IOException;
    }

    private final Variables folded;
    private final int maxFilterByte;
    private final Map<String, ConvolutionUnit> filters = new HashMap<>();
    private final Map<String, ConvolutionUnit> biases = new HashMap<>();

    /** A fold to weights over {@code folded}, those of {@code network}. */
    public Fold(Network network, Variables folded) {
        this(network, folded, 0);
    }

    /**
     * The same with variables of layers on bytes.
     *
     * @param maxFilterByte of the device, see {@link tandem.engine.Dnn#maxFilterByte}
     */
    public Fold(Network network, Variables folded, int maxFilterByte) {
        this.folded = folded;
        this.maxFilterByte = maxFilterByte;
        for (ConvolutionUnit unit : network.units()) {
            filters.put(unit.filterName(), unit);
            biases.put(unit.biasName(), unit);
        }
    }

    /** Reads weights over {@code trained}, the variables of the same network; writes every variable of the target. */
    public void apply(Variables trained, Weights source, Weights target) {
        Map<String, Tensor> from = new HashMap<>();
        trained.all().forEach(variable -> from.put(variable.tensor().name(), variable.tensor()));
        try {
            apply(
                    new Source() {
                        @Override
                        public float[] read(String name) {
                            return source.read(from.get(name));
                        }

                        @Override
                        public void read(String name, SafetensorsReader.Part part) throws IOException {
                            float[] values = read(name);
                            part.accept(0, values, values.length);
                        }
                    },
                    target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes every variable of {@code target}, one after the other. */
    public void apply(Source source, Weights target) throws IOException {
        apply(
                source,
                target,
                folded.all().stream().map(Variables.Variable::tensor).toList());
    }

    /** The same for some of the variables. */
    public void apply(Source source, Weights target, Collection<Tensor> wanted) throws IOException {
        for (Tensor tensor : wanted) {
            Optional<String> scaled = QuantizedForm.filterOf(tensor.name());
            if (scaled.isPresent()) {
                float[] scales = byteScales(source, scaled.get(), (int) tensor.elements());
                target.write(tensor, FloatBuffer.wrap(scales));
            } else if (filters.containsKey(tensor.name())) {
                filter(source, filters.get(tensor.name()), tensor, target);
            } else if (biases.containsKey(tensor.name())) {
                target.write(tensor, FloatBuffer.wrap(bias(source, biases.get(tensor.name()))));
            } else {
                source.read(
                        tensor.name(),
                        (first, values, count) -> target.write(tensor, first, FloatBuffer.wrap(values, 0, count)));
            }
        }
    }

    private float[] byteScales(Source source, String filter, int channels) throws IOException {
        double[] factors = filters.containsKey(filter) ? scale(source, filters.get(filter)) : null;
        float[] values = source.read(filter);
        float[] scales = new float[channels];
        int each = values.length / channels;
        for (int k = 0; k < channels; k++) {
            float max = 0;
            for (int i = k * each; i < (k + 1) * each; i++) {
                max = Math.max(max, Math.abs(factors == null ? values[i] : (float) (values[i] * factors[k])));
            }
            scales[k] = max == 0 ? 1 : Math.max(max / maxFilterByte, Float.MIN_NORMAL);
        }
        return scales;
    }

    private static void filter(Source source, ConvolutionUnit unit, Tensor tensor, Weights target) throws IOException {
        double[] scale = scale(source, unit);
        int each = Math.toIntExact(tensor.elements() / scale.length);
        source.read(tensor.name(), (first, values, count) -> {
            for (int i = 0; i < count; ) {
                int channel = (first + i) / each;
                int end = Math.min(count, (channel + 1) * each - first);
                double factor = scale[channel];
                for (; i < end; i++) {
                    values[i] = (float) (values[i] * factor);
                }
            }
            target.write(tensor, first, FloatBuffer.wrap(values, 0, count));
        });
    }

    private static float[] bias(Source source, ConvolutionUnit unit) throws IOException {
        double[] scale = scale(source, unit);
        float[] mean = source.read(unit.meanName());
        float[] beta = source.read(unit.betaName());
        float[] bias = unit.bias() ? source.read(unit.biasName()) : new float[scale.length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = (float) (scale[i] * ((double) bias[i] - mean[i]) + beta[i]);
        }
        return bias;
    }

    private static double[] scale(Source source, ConvolutionUnit unit) throws IOException {
        float[] gamma = source.read(unit.gammaName());
        float[] variance = source.read(unit.varianceName());
        double[] scale = new double[gamma.length];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = gamma[i] / Math.sqrt(variance[i] + EPSILON);
        }
        return scale;
    }
}
