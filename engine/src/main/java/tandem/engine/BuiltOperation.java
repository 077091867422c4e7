package tandem.engine;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

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
    private final Map<String, Number> attributes = new LinkedHashMap<>();
    private GradientRule rule;

    BuiltOperation(String name) {
        this.name = name;
    }

    abstract T self();

    /** Whether a null among inputs and outputs is left out, as for a bias that is not there; otherwise an error. */
    abstract boolean leavesOutNulls();

    /**
     * Adds inputs. A state that is updated in place is an input too.
     *
     * @param tensors a {@link LibraryOperation} leaves nulls out; a {@link KernelOperation} rejects them
     */
    public final T reads(Tensor... tensors) {
        addPresent(inputs, "reads", tensors);
        return self();
    }

    /**
     * Adds outputs.
     *
     * @param tensors a {@link LibraryOperation} leaves nulls out; a {@link KernelOperation} rejects them
     */
    public final T writes(Tensor... tensors) {
        addPresent(outputs, "writes", tensors);
        return self();
    }

    private void addPresent(List<Tensor> list, String verb, Tensor[] tensors) {
        for (int i = 0; i < tensors.length; i++) {
            if (tensors[i] != null) {
                list.add(tensors[i]);
            } else if (!leavesOutNulls()) {
                throw new IllegalArgumentException(
                        name + " " + verb + " null: tensor " + (i + 1) + " of " + tensors.length + " is not there");
            }
        }
    }

    /** States a number that determines what it computes; see {@link Operation#attributes}. */
    public final T attribute(String attribute, Number value) {
        attributes.put(attribute, value);
        return self();
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
    public final Map<String, Number> attributes() {
        return Collections.unmodifiableMap(attributes);
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
