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

    /** The same form, which passes each layer to {@code observer} first. */
    default FoldedForm observed(Consumer<FoldedLayer> observer) {
        return (graph, layer) -> {
            observer.accept(layer);
            return append(graph, layer);
        };
    }
}
