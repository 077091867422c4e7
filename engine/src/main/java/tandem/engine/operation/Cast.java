package tandem.engine.operation;

import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Tensor;

/** The same numbers in another floating-point type. */
public final class Cast {

    private Cast() {}

    /**
     * {@code x} in {@code type}, rounded to the nearest, ties to even; {@code x} itself when it has that type. In
     * FLOAT16 numbers from 65520 on become infinite. Its gradient is the other cast.
     */
    public static Tensor to(Graph graph, Tensor x, DataType type) {
        if (x.type() == type) {
            return x;
        }
        if (!x.type().floating() || !type.floating() || x.type().half() && type.half()) {
            throw new IllegalArgumentException(
                    "cannot cast " + x + " to " + type + ": one of both must be FLOAT32, the other 16 bits");
        }
        int n = Require.count("cast", x);
        Tensor y = graph.activation(x.name(), type, x.shape());
        String kernel = type.half() ? type.kernel("cast_to") : x.type().kernel("cast_from");
        KernelOperation.named("cast")
                .reads(x)
                .writes(y)
                .launch(kernel, Elementwise.fours(n), x, y, n)
                .gradient((g, dy, needed) -> List.of(to(g, dy.get(0), x.type())))
                .appendTo(graph);
        return y;
    }
}
