package tandem.engine.operation;

import java.util.Arrays;
import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Tensor;

/** Operations on each element by itself. Tensors are of any shape. */
public final class Elementwise {

    private Elementwise() {}

    /** a + b, both of one shape and type. */
    public static Tensor add(Graph graph, Tensor a, Tensor b) {
        DataType type = Require.stored("add", a, b);
        Require.sameShape("add", a, b);
        int n = Require.count("add", a);
        Tensor y = graph.activation("add", type, a.shape());
        KernelOperation.named("add")
                .reads(a, b)
                .writes(y)
                .launch(type.kernel("elementwise_add"), fours(n), a, b, y, n)
                .gradient((g, dy, needed) -> List.of(dy.get(0), dy.get(0)))
                .appendTo(graph);
        return y;
    }

    /** factor * x, FLOAT32. */
    public static Tensor scale(Graph graph, Tensor x, float factor) {
        Require.float32("scale", x);
        int n = Require.count("scale", x);
        Tensor y = graph.activation("scale", x.shape());
        KernelOperation.named("scale")
                .reads(x)
                .writes(y)
                .launch("elementwise_scale", fours(n), x, y, factor, n)
                .gradient((g, dy, needed) -> List.of(scale(g, dy.get(0), factor)))
                .appendTo(graph);
        return y;
    }

    /**
     * factor * x, both FLOAT32, with a scalar tensor for the factor, such as one that changes from run to run. No
     * gradient passes to the factor.
     */
    public static Tensor scaleBy(Graph graph, Tensor x, Tensor factor) {
        Require.float32("scale_by", x, factor);
        Require.scalar("scale_by", factor);
        int n = Require.count("scale_by", x);
        Tensor y = graph.activation("scale_by", x.shape());
        KernelOperation.named("scale_by")
                .reads(x, factor)
                .writes(y)
                .launch("elementwise_scale_by", fours(n), x, factor, y, n)
                .gradient((g, dy, needed) -> Arrays.asList(needed[0] ? scaleBy(g, dy.get(0), factor) : null, null))
                .appendTo(graph);
        return y;
    }

    /** max(x, 0). The gradient at 0 is 0. */
    public static Tensor relu(Graph graph, Tensor x) {
        return leakyRelu(graph, x, 0);
    }

    /**
     * x where it is positive, slope * x elsewhere. The gradient at 0 is the slope.
     *
     * @param slope in [0, 1)
     */
    public static Tensor leakyRelu(Graph graph, Tensor x, float slope) {
        DataType type = Require.stored("leaky_relu", x);
        requireSlope("leaky_relu", slope);
        int n = Require.count("leaky_relu", x);
        Tensor y = graph.activation("leaky_relu", type, x.shape());
        KernelOperation.named("leaky_relu")
                .reads(x)
                .writes(y)
                .attribute("slope", slope)
                .launch(type.kernel("leaky_relu_forward"), fours(n), x, y, slope, n)
                .gradient((g, dy, needed) -> List.of(leakyReluBackward(g, y, dy.get(0), slope)))
                .appendTo(graph);
        return y;
    }

    /** The gradient of a leaky ReLU's input from its output {@code y} and that output's gradient. */
    static Tensor leakyReluBackward(Graph graph, Tensor y, Tensor dy, float slope) {
        int n = Require.count("leaky_relu_backward", y);
        DataType type = Require.stored("leaky_relu_backward", y, dy);
        Tensor dx = graph.activation("d_leaky_relu", type, y.shape());
        KernelOperation.named("leaky_relu_backward")
                .reads(y, dy)
                .writes(dx)
                .launch(type.kernel("leaky_relu_backward"), fours(n), y, dy, dx, slope, n)
                .appendTo(graph);
        return dx;
    }

    static void requireSlope(String operation, float slope) {
        if (!(slope >= 0 && slope < 1)) {
            throw new IllegalArgumentException(operation + " needs a slope in [0, 1), got " + slope);
        }
    }

    /** Threads of a kernel in which each does four elements. */
    static long fours(long elements) {
        return (elements + 3) / 4;
    }
}
