package tandem.model.network;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.Variables.Initializer;
import tandem.engine.operation.BatchNorm;
import tandem.engine.operation.Convolution;

/** Appends convolutions with their normalization to a graph, in training or folded form. */
sealed interface Layers {

    /** The leaky ReLU of neck and heads. */
    Activation LEAKY = Activation.leaky(0.1f);

    /** The graph to append to. */
    Graph graph();

    /**
     * Convolution, normalization, addition of a residual, activation.
     *
     * @param x (N, H, W, C)
     * @param residual as the result, or null
     * @return (N, ceil(H / stride), ceil(W / stride), outputs)
     */
    Tensor unit(Tensor x, ConvolutionUnit unit, Tensor residual, Activation activation);

    /**
     * A 1x1 convolution without normalization or activation, a last layer.
     *
     * @param values initial values of the filter
     * @param bias initial values of the bias, null for none
     */
    Tensor projection(Tensor x, String name, int outputs, Initializer values, Initializer bias);

    /**
     * An operation that puts the values of {@code x} to other places.
     *
     * @param name different from those of layers
     */
    default Tensor rearranged(String name, Tensor x, FoldedForm.Rearrangement rearrangement) {
        return rearrangement.append(graph(), x);
    }

    /** Convolution of neck or heads with the leaky activation. */
    default Tensor basic(Tensor x, String name, int outputs, int window, int stride) {
        return unit(x, ConvolutionUnit.basic(name, outputs, window, stride), null, LEAKY);
    }

    /** A filter in the data type of its input; FLOAT32 for bytes, to which it is rounded when it is prepared. */
    private static Tensor filter(Graph graph, String name, Tensor x, int outputs, int window, Initializer values) {
        return graph.rounded(
                graph.variables()
                        .parameter(
                                name,
                                Shape.of(outputs, window, window, x.shape().dim(-1)),
                                values),
                x.type() == DataType.UINT8 ? DataType.FLOAT32 : x.type());
    }

    private static Tensor channels(Variables variables, String name, int outputs, Initializer values) {
        return variables.parameter(name, Shape.of(outputs), values);
    }

    /**
     * Batch statistics, differentiable, when {@code training}; else running statistics, not folded. Units whose
     * variables are frozen have running statistics in either case.
     */
    record Normalized(Graph graph, boolean training, Initialization initialization) implements Layers {

        @Override
        public Tensor unit(Tensor x, ConvolutionUnit unit, Tensor residual, Activation activation) {
            Variables variables = graph.variables();
            int k = unit.outputs();
            Tensor filter = filter(graph, unit.filterName(), x, k, unit.window(), initialization.filter(unit));
            Tensor bias = unit.bias() ? channels(variables, unit.biasName(), k, Initializer.constant(0)) : null;
            Tensor gamma = channels(variables, unit.gammaName(), k, initialization.scale(unit));
            Tensor beta = channels(variables, unit.betaName(), k, Initializer.constant(0));
            Tensor mean = variables.state(unit.meanName(), Shape.of(k), Initializer.constant(0));
            Tensor variance = variables.state(unit.varianceName(), Shape.of(k), Initializer.constant(1));
            Tensor y = Convolution.apply(graph, x, filter, bias, unit.stride(), unit.padding());
            return training && gamma.role() == Tensor.Role.PARAMETER
                    ? BatchNorm.train(graph, y, gamma, beta, mean, variance, residual, activation)
                    : BatchNorm.infer(graph, y, gamma, beta, mean, variance, residual, activation);
        }

        @Override
        public Tensor projection(Tensor x, String name, int outputs, Initializer values, Initializer bias) {
            Variables variables = graph.variables();
            Tensor filter = filter(graph, name + ".weight", x, outputs, 1, values);
            Tensor shift = bias == null ? null : channels(variables, name + ".bias", outputs, bias);
            return Convolution.apply(graph, x, filter, shift, 1, 0);
        }
    }

    /**
     * Normalization folded into filters and biases; see {@link Fold}.
     *
     * @param folded collects the units in the order in which they are appended
     */
    record Folded(Graph graph, FoldedForm form, List<ConvolutionUnit> folded) implements Layers {

        Folded(Graph graph, FoldedForm form) {
            this(graph, form, new ArrayList<>());
        }

        @Override
        public Tensor rearranged(String name, Tensor x, FoldedForm.Rearrangement rearrangement) {
            return form.rearranged(graph, name, x, rearrangement);
        }

        @Override
        public Tensor unit(Tensor x, ConvolutionUnit unit, Tensor residual, Activation activation) {
            folded.add(unit);
            Initializer zero = Initializer.constant(0);
            Tensor filter = filter(graph, unit.filterName(), x, unit.outputs(), unit.window(), zero);
            Tensor bias = channels(graph.variables(), unit.biasName(), unit.outputs(), zero);
            return form.append(
                    graph,
                    new FoldedLayer(
                            unit.convolution(), x, filter, bias, residual, activation, unit.stride(), unit.padding()));
        }

        @Override
        public Tensor projection(Tensor x, String name, int outputs, Initializer values, Initializer bias) {
            Initializer zero = Initializer.constant(0);
            Tensor filter = filter(graph, name + ".weight", x, outputs, 1, zero);
            Tensor shift = bias == null ? null : channels(graph.variables(), name + ".bias", outputs, zero);
            return form.append(graph, new FoldedLayer(name, x, filter, shift, null, Activation.NONE, 1, 0));
        }
    }
}
