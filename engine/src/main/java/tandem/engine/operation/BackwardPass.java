package tandem.engine.operation;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.engine.DataType;
import tandem.engine.Differentiable;
import tandem.engine.Gradients;
import tandem.engine.Graph;
import tandem.engine.Operation;
import tandem.engine.Tensor;

/**
 * Reverse-mode differentiation: appends to a graph the operations that compute the gradients of a scalar loss. It walks
 * the operations backwards, has each append its own gradients ({@link Differentiable}), and adds up the gradients of a
 * tensor that several operations read.
 */
public final class BackwardPass {

    private final Graph graph;
    private final Map<Tensor, Tensor> gradients = new HashMap<>();

    private BackwardPass(Graph graph) {
        this.graph = graph;
    }

    /** {@link #append(Graph, Tensor, Collection, int)} into the first set. */
    public static Map<Tensor, Tensor> append(Graph graph, Tensor loss, Collection<Tensor> targets) {
        return append(graph, loss, targets, 0);
    }

    /**
     * Appends the backward pass of {@code loss}. Gradients of parameters are placed in {@link Gradients}; a parameter
     * the loss does not depend on has none, and no parameter may have two gradients in one set. Several losses over one
     * forward pass, each into a set of its own, give gradients that can be compared.
     *
     * @param loss a scalar FLOAT32 tensor
     * @param targets what to differentiate by: parameters, or inputs and activations
     * @param set which gradients of parameters these are, 0 for those that an optimizer takes
     * @return the gradient of each target that the loss depends on
     * @throws IllegalArgumentException for a loss that is no scalar, a negative set, a target given twice or with a
     *     gradient in that set, or an operation on the way that has no gradient and does not
     *     {@link Operation#stopsGradient state so}
     */
    public static Map<Tensor, Tensor> append(Graph graph, Tensor loss, Collection<Tensor> targets, int set) {
        if (loss.elements() != 1) {
            throw new IllegalArgumentException("only a scalar can be differentiated, not " + loss);
        }
        if (set < 0) {
            throw new IllegalArgumentException("gradients have sets from 0 on, not " + set);
        }
        Set<Tensor> once = new HashSet<>();
        for (Tensor tensor : targets) {
            if (!once.add(tensor)) {
                throw new IllegalArgumentException(tensor + " is given twice among the tensors to differentiate by");
            }
            if (graph.parameterGradients(set).containsKey(tensor)) {
                throw new IllegalArgumentException(
                        tensor + " has a gradient already; add the losses up and differentiate their sum once");
            }
        }
        BackwardPass pass = new BackwardPass(graph);
        pass.walk(loss, pass.dependents(targets));
        return pass.results(targets, set);
    }

    /** The tensors to differentiate by, their copies in 16 bits, and all that is computed from either. */
    private Set<Tensor> dependents(Collection<Tensor> targets) {
        Set<Tensor> reached = new HashSet<>(targets);
        targets.stream()
                .filter(graph.rounded()::containsKey)
                .forEach(parameter -> reached.add(graph.rounded().get(parameter)));
        for (Operation operation : graph.operations()) {
            if (operation.inputs().stream().anyMatch(reached::contains)) {
                reached.addAll(operation.outputs());
            }
        }
        return reached;
    }

    private void walk(Tensor loss, Set<Tensor> needed) {
        List<Operation> backwards = new ArrayList<>(graph.operations());
        Collections.reverse(backwards);
        gradients.put(loss, graph.gradientScale().orElseGet(() -> graph.constant("one", loss.shape(), 1f)));
        for (Operation operation : backwards) {
            List<Tensor> inputs = operation.inputs();
            List<Tensor> upstream = new ArrayList<>();
            operation.outputs().forEach(output -> upstream.add(gradients.get(output)));
            boolean[] mask = new boolean[inputs.size()];
            boolean any = false;
            for (int i = 0; i < mask.length; i++) {
                mask[i] = needed.contains(inputs.get(i));
                any |= mask[i];
            }
            if (!any || upstream.stream().allMatch(gradient -> gradient == null) || operation.stopsGradient()) {
                continue;
            }
            if (!(operation instanceof Differentiable differentiable)) {
                throw new IllegalArgumentException("a gradient reaches the operation " + operation.name() + " ("
                        + operation.getClass().getName() + "), which has none: implement Differentiable, or return "
                        + "true from Operation.stopsGradient where the gradients of its inputs are zero by intention");
            }
            List<Tensor> partial = differentiable.differentiate(graph, upstream, mask);
            for (int i = 0; i < mask.length; i++) {
                if (mask[i] && partial.get(i) != null) {
                    accumulate(inputs.get(i), partial.get(i));
                }
            }
        }
    }

    private void accumulate(Tensor tensor, Tensor gradient) {
        gradients.merge(tensor, gradient, (a, b) -> Elementwise.add(graph, a, b));
    }

    private Map<Tensor, Tensor> results(Collection<Tensor> targets, int set) {
        Map<Tensor, Tensor> result = new LinkedHashMap<>();
        Set<Tensor> placed = new HashSet<>();
        for (Tensor tensor : targets) {
            Tensor ofCopy = gradients.get(graph.rounded().get(tensor));
            if (ofCopy != null) {
                accumulate(tensor, Cast.to(graph, ofCopy, DataType.FLOAT32));
            }
            Tensor gradient = gradients.get(tensor);
            if (gradient == null) {
                continue;
            }
            if (tensor.role() == Tensor.Role.PARAMETER) {
                if (!graph.ownsMemory(gradient) || !placed.add(gradient)) {
                    gradient = Move.copy(graph, gradient);
                }
                graph.placeGradient(tensor, gradient, set);
            } else {
                graph.keep(gradient);
            }
            result.put(tensor, gradient);
        }
        return result;
    }
}
