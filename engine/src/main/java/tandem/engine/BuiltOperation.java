package tandem.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * What {@link KernelOperation} and {@link LibraryOperation} have in common: a name, tensors read and written, and the
 * rule for their gradients. Each method returns this operation, so that calls can be chained.
 *
 * @param <T> the operation itself
 */
public abstract sealed class BuiltOperation<T extends BuiltOperation<T>> implements Differentiable
        permits KernelOperation, LibraryOperation {

    private final String name;
    private final List<Tensor> inputs = new ArrayList<>();
    private final List<Tensor> outputs = new ArrayList<>();
    private GradientRule rule;

    BuiltOperation(String name) {
        this.name = name;
    }

    abstract T self();

    /** Adds inputs; nulls are left out. A state that is updated in place is an input too. */
    public final T reads(Tensor... tensors) {
        addPresent(inputs, tensors);
        return self();
    }

    /** Adds outputs; nulls are left out. */
    public final T writes(Tensor... tensors) {
        addPresent(outputs, tensors);
        return self();
    }

    private static void addPresent(List<Tensor> list, Tensor[] tensors) {
        for (Tensor tensor : tensors) {
            if (tensor != null) {
                list.add(tensor);
            }
        }
    }

    /** Sets how to differentiate it; without this no gradient passes through. */
    public final T gradient(GradientRule gradientRule) {
        rule = gradientRule;
        return self();
    }

    /** Adds it to the graph. */
    public void appendTo(Graph graph) {
        graph.add(this);
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public final List<Tensor> inputs() {
        return inputs;
    }

    @Override
    public final List<Tensor> outputs() {
        return outputs;
    }

    @Override
    public final List<Tensor> differentiate(Graph graph, List<Tensor> outputGradients, boolean[] needed) {
        return rule == null ? Collections.nCopies(inputs.size(), null) : rule.apply(graph, outputGradients, needed);
    }

    final void requireListed(Tensor argument, String user) {
        if (!inputs.contains(argument) && !outputs.contains(argument)) {
            throw new IllegalArgumentException(
                    name + " passes " + argument + " to " + user + " but does not list it as read or written");
        }
    }
}
