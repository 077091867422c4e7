package tandem.engine;

import java.util.List;

/** Appends the gradients of one operation to a graph; see {@link Differentiable#differentiate}. */
@FunctionalInterface
public interface GradientRule {

    /**
     * The gradient of each input, null where there is none.
     *
     * @param outputGradients for each output its gradient, or null where nothing depends on it
     * @param needed for each input whether its gradient is needed
     */
    List<Tensor> apply(Graph graph, List<Tensor> outputGradients, boolean[] needed);
}
