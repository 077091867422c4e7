package tandem.engine.operation;

import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Dnn.PoolShape;
import tandem.engine.Graph;
import tandem.engine.LibraryOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Pooling over windows of (N, H, W, C). */
public final class Pool {

    private Pool() {}

    /**
     * The maximum of each window; padding is never the maximum. The gradient goes to the first maximum of a window.
     *
     * @param window rows and columns of a window; at least twice the padding
     * @return (N, floor((H + 2 padding - window) / stride) + 1, the same of W, C)
     */
    public static Tensor max(Graph graph, Tensor x, int window, int stride, int padding) {
        DataType type = requireImages(x);
        PoolShape shape = new PoolShape(
                x.shape().dim(0), x.shape().dim(1), x.shape().dim(2), x.shape().dim(3), window, stride, padding, type);
        if (window < 1 || stride < 1 || padding < 0 || 2 * padding > window) {
            throw new IllegalArgumentException("pooling with window " + window + ", stride " + stride + " and padding "
                    + padding + ": window and stride must be at least 1, the padding from 0 to half a window");
        }
        if (shape.h() + 2 * padding < window || shape.w() + 2 * padding < window) {
            throw new IllegalArgumentException(
                    "pooling of " + x + " with window " + window + " and padding " + padding + " has no output");
        }
        Tensor y = graph.activation("max_pool", type, Shape.of(shape.n(), shape.outputH(), shape.outputW(), shape.c()));
        Tensor reserve =
                graph.activation("max_pool_reserve", DataType.UINT8, Shape.of(Math.toIntExact(shape.reserveBytes())));
        LibraryOperation.of("max_pool_forward", dnn -> dnn.maxPoolForward(shape), x, y, reserve)
                .reads(x)
                .writes(y, reserve)
                .attribute("window", window)
                .attribute("stride", stride)
                .attribute("padding", padding)
                .gradient((g, gradients, needed) -> {
                    Tensor dy = gradients.get(0);
                    Tensor dx = g.activation("d_" + x.name(), type, x.shape());
                    LibraryOperation.of("max_pool_backward", dnn -> dnn.maxPoolBackward(shape), dy, reserve, dx)
                            .reads(dy, reserve)
                            .writes(dx)
                            .appendTo(g);
                    return List.of(dx);
                })
                .appendTo(graph);
        return y;
    }

    /** The mean of each channel over H and W: (N, H, W, C) to (N, 1, 1, C). */
    public static Tensor globalAverage(Graph graph, Tensor x) {
        DataType type = requireImages(x);
        int n = x.shape().dim(0);
        int h = x.shape().dim(1);
        int w = x.shape().dim(2);
        int c = x.shape().dim(3);
        Tensor y = graph.activation("global_average", type, Shape.of(n, 1, 1, c));
        LibraryOperation.of("global_average_pool_forward", dnn -> dnn.globalAveragePoolForward(n, h, w, c, type), x, y)
                .reads(x)
                .writes(y)
                .gradient((g, gradients, needed) -> {
                    Tensor dy = gradients.get(0);
                    Tensor dx = g.activation("d_" + x.name(), type, x.shape());
                    LibraryOperation.of(
                                    "global_average_pool_backward",
                                    dnn -> dnn.globalAveragePoolBackward(n, h, w, c, type),
                                    dy,
                                    dx)
                            .reads(dy)
                            .writes(dx)
                            .appendTo(g);
                    return List.of(dx);
                })
                .appendTo(graph);
        return y;
    }

    private static DataType requireImages(Tensor x) {
        if (x.shape().rank() != 4 || x.elements() == 0) {
            throw new IllegalArgumentException("pooling takes a non-empty (N, H, W, C), not " + x);
        }
        return Require.stored("pooling", x);
    }
}
