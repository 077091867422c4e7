package tandem.model.network;

import java.util.function.Consumer;
import tandem.engine.Graph;
import tandem.engine.Tensor;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.Elementwise;

/** With which operations a convolution of the folded form is computed. */
interface FoldedForm {

    /** One operation for convolution, addition and activation, which cannot be differentiated. */
    FoldedForm FUSED = (graph, layer) -> Convolution.fused(
            graph,
            layer.x(),
            layer.filter(),
            layer.bias(),
            layer.residual(),
            layer.activation(),
            layer.stride(),
            layer.padding());

    /** One operation for each. */
    FoldedForm SEPARATE = (graph, layer) -> {
        Tensor y = Convolution.apply(graph, layer.x(), layer.filter(), layer.bias(), layer.stride(), layer.padding());
        y = layer.residual() == null ? y : Elementwise.add(graph, y, layer.residual());
        return layer.activation().present()
                ? Elementwise.leakyRelu(graph, y, layer.activation().slope())
                : y;
    };

    /** Appends it. */
    Tensor append(Graph graph, FoldedLayer layer);

    /** An operation between convolutions that puts the values of a tensor to other places. */
    interface Rearrangement {

        /** @param x (N, H, W, C), of the type that the form chose */
        Tensor append(Graph graph, Tensor x);
    }

    /** Appends such an operation. */
    default Tensor rearranged(Graph graph, String name, Tensor x, Rearrangement rearrangement) {
        return rearrangement.append(graph, x);
    }

    /** The same form, which passes each layer to {@code observer} first. */
    default FoldedForm observed(Consumer<FoldedLayer> observer) {
        FoldedForm form = this;
        return new FoldedForm() {
            @Override
            public Tensor append(Graph graph, FoldedLayer layer) {
                observer.accept(layer);
                return form.append(graph, layer);
            }

            @Override
            public Tensor rearranged(Graph graph, String name, Tensor x, Rearrangement rearrangement) {
                return form.rearranged(graph, name, x, rearrangement);
            }
        };
    }
}
