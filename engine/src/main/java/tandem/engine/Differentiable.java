package tandem.engine;

import java.util.List;

/**
 * An operation through which gradients pass. Every operation between a loss and what it is differentiated by is one, or
 * states that it {@link Operation#stopsGradient stops the gradient}.
 */
public interface Differentiable extends Operation {

    /**
     * Appends the operations that compute the gradients of the inputs.
     *
     * @param graph where to append
     * @param outputGradients for each output its gradient, or null where nothing depends on it
     * @param needed for each input whether its gradient is needed: a gradient that is not needed is not computed
     * @return for each input its gradient, or null where it has none
     */
    List<Tensor> differentiate(Graph graph, List<Tensor> outputGradients, boolean[] needed);
}
