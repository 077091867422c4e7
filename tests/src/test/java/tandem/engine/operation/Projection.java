package tandem.engine.operation;

import java.util.List;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Differentiable;
import tandem.engine.Graph;
import tandem.engine.Memory;
import tandem.engine.Tensor;

/** The sum of tensors times constants; only its gradient, the constants, is needed. */
record Projection(List<Tensor> inputs, List<Tensor> weights, Tensor loss) implements Differentiable {

    @Override
    public String name() {
        return "projection";
    }

    @Override
    public List<Tensor> outputs() {
        return List.of(loss);
    }

    @Override
    public List<Tensor> differentiate(Graph graph, List<Tensor> outputGradients, boolean[] wanted) {
        return weights;
    }

    @Override
    public Lowered lower(Device device) {
        return new Lowered() {
            @Override
            public List<Command> bind(Binding binding, Memory workspace) {
                return List.of();
            }
        };
    }
}
