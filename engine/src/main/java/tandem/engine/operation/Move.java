package tandem.engine.operation;

import java.util.Collections;
import java.util.List;
import java.util.Optional;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Differentiable;
import tandem.engine.Graph;
import tandem.engine.Memory;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Operations that change no number: views and copies. */
public final class Move {

    private Move() {}

    /** A tensor of its own with the same values. */
    public static Tensor copy(Graph graph, Tensor tensor) {
        Tensor result = graph.activation(tensor.name(), tensor.type(), tensor.shape());
        graph.add(new Copy(tensor, result));
        return result;
    }

    /** The same memory under another shape with as many elements. */
    public static Tensor view(Graph graph, Tensor tensor, Shape shape) {
        if (shape.elements() != tensor.elements()) {
            throw new IllegalArgumentException("cannot view " + tensor + " as " + shape);
        }
        Tensor view = graph.activation(tensor.name(), tensor.type(), shape);
        graph.add(new View(tensor, view));
        return view;
    }

    /** No work, only another shape. */
    private record View(Tensor source, Tensor result) implements Differentiable {
        @Override
        public String name() {
            return "view";
        }

        @Override
        public List<Tensor> inputs() {
            return List.of(source);
        }

        @Override
        public List<Tensor> outputs() {
            return List.of(result);
        }

        @Override
        public Optional<Tensor> viewed() {
            return Optional.of(source);
        }

        @Override
        public List<Tensor> differentiate(Graph graph, List<Tensor> outputGradients, boolean[] needed) {
            return List.of(view(graph, outputGradients.get(0), source.shape()));
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

    private record Copy(Tensor source, Tensor copy) implements Differentiable {
        @Override
        public String name() {
            return "copy";
        }

        @Override
        public List<Tensor> inputs() {
            return List.of(source);
        }

        @Override
        public List<Tensor> outputs() {
            return List.of(copy);
        }

        @Override
        public List<Tensor> differentiate(Graph graph, List<Tensor> outputGradients, boolean[] needed) {
            return Collections.singletonList(outputGradients.get(0));
        }

        @Override
        public Lowered lower(Device device) {
            return new Lowered() {
                @Override
                public List<Command> bind(Binding binding, Memory workspace) {
                    return List.of(device.copy(binding.of(source), binding.of(copy)));
                }
            };
        }
    }
}
