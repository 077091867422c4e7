package tandem.model.network;

import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Weights;

/**
 * Computes the variables of the folded form. With running mean m and variance v, scale s = gamma / sqrt(v + epsilon):
 * filter' = s filter and bias' = s (bias - m) + beta, channel by channel.
 */
public final class Fold {

    /** Added to the variance, as in batch normalization. */
    private static final double EPSILON = 1e-5;

    private final Network network;
    private final Map<String, Tensor> from;
    private final Variables folded;

    /** A fold from weights over {@code trained} to weights over {@code folded}, both of {@code network}. */
    public Fold(Network network, Variables trained, Variables folded) {
        this.network = network;
        this.folded = folded;
        this.from = new HashMap<>();
        trained.all().forEach(variable -> from.put(variable.tensor().name(), variable.tensor()));
    }

    /** Reads {@code source}, writes every variable of {@code target}. */
    public void apply(Weights source, Weights target) {
        Map<String, ConvolutionUnit> filters = new HashMap<>();
        Map<String, ConvolutionUnit> biases = new HashMap<>();
        for (ConvolutionUnit unit : network.units()) {
            filters.put(unit.filterName(), unit);
            biases.put(unit.biasName(), unit);
        }
        List<Variables.Variable> variables = folded.all();
        for (Variables.Variable variable : variables) {
            Tensor tensor = variable.tensor();
            float[] values;
            if (filters.containsKey(tensor.name())) {
                values = filter(source, filters.get(tensor.name()));
            } else if (biases.containsKey(tensor.name())) {
                values = bias(source, biases.get(tensor.name()));
            } else {
                values = read(source, tensor.name());
            }
            target.write(tensor, FloatBuffer.wrap(values));
        }
    }

    private float[] filter(Weights source, ConvolutionUnit unit) {
        float[] values = read(source, unit.filterName());
        double[] scale = scale(source, unit);
        int each = values.length / scale.length;
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (values[i] * scale[i / each]);
        }
        return values;
    }

    private float[] bias(Weights source, ConvolutionUnit unit) {
        double[] scale = scale(source, unit);
        float[] mean = read(source, unit.meanName());
        float[] beta = read(source, unit.betaName());
        float[] bias = unit.bias() ? read(source, unit.biasName()) : new float[scale.length];
        for (int i = 0; i < bias.length; i++) {
            bias[i] = (float) (scale[i] * ((double) bias[i] - mean[i]) + beta[i]);
        }
        return bias;
    }

    private double[] scale(Weights source, ConvolutionUnit unit) {
        float[] gamma = read(source, unit.gammaName());
        float[] variance = read(source, unit.varianceName());
        double[] scale = new double[gamma.length];
        for (int i = 0; i < scale.length; i++) {
            scale[i] = gamma[i] / Math.sqrt(variance[i] + EPSILON);
        }
        return scale;
    }

    private float[] read(Weights source, String name) {
        return source.read(from.get(name));
    }
}
