package tandem.engine.operation;

import java.util.Arrays;
import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Larger images and feature maps (N, H, W, C). */
public final class Upsample {

    private Upsample() {}

    /** Repeats each pixel {@code factor} times along both axes: (N, H, W, C) to (N, H factor, W factor, C). */
    public static Tensor nearest(Graph graph, Tensor x, int factor) {
        DataType type = requirePicture("upsample_nearest", x);
        if (factor < 1) {
            throw new IllegalArgumentException("upsample_nearest needs a factor of at least 1, got " + factor);
        }
        Tensor y = graph.activation("upsample_nearest", type, enlarged(x.shape(), factor));
        Require.count("upsample_nearest", y);
        Lanes lanes = Lanes.of(x.shape().dim(3));
        KernelOperation.named("upsample_nearest")
                .reads(x)
                .writes(y)
                .launch(
                        lanes.kernel("upsample_nearest_forward", type),
                        threads(x, lanes),
                        coarse(x.shape(), lanes, factor, x, y))
                .gradient((g, dy, wanted) -> List.of(nearestBackward(g, dy.get(0), factor)))
                .appendTo(graph);
        return y;
    }

    /**
     * fine + nearest(coarse), in one pass.
     *
     * @param coarse (N, H, W, C)
     * @param fine (N, H factor, W factor, C)
     */
    public static Tensor nearestAdd(Graph graph, Tensor coarse, Tensor fine, int factor) {
        requirePicture("upsample_nearest_add", coarse);
        DataType type = Require.stored("upsample_nearest_add", coarse, fine);
        if (factor < 1 || !fine.shape().equals(enlarged(coarse.shape(), factor))) {
            throw new IllegalArgumentException("upsample_nearest_add needs a fine map " + factor
                    + " times as large as the coarse one, got " + coarse + " and " + fine);
        }
        Require.count("upsample_nearest_add", fine);
        Tensor y = graph.activation("upsample_nearest_add", type, fine.shape());
        Lanes lanes = Lanes.of(coarse.shape().dim(3));
        KernelOperation.named("upsample_nearest_add")
                .reads(coarse, fine)
                .writes(y)
                .launch(
                        lanes.kernel("upsample_nearest_add_forward", type),
                        threads(coarse, lanes),
                        coarse(coarse.shape(), lanes, factor, coarse, fine, y))
                .gradient((g, dy, wanted) ->
                        Arrays.asList(wanted[0] ? nearestBackward(g, dy.get(0), factor) : null, dy.get(0)))
                .appendTo(graph);
        return y;
    }

    /**
     * Sums blocks of factor x factor pixels: (N, H factor, W factor, C) to (N, H, W, C). The gradient of
     * {@link #nearest}.
     */
    static Tensor nearestBackward(Graph graph, Tensor dy, int factor) {
        Shape fine = dy.shape();
        Tensor dx = graph.activation(
                "d_upsample_nearest",
                dy.type(),
                Shape.of(fine.dim(0), fine.dim(1) / factor, fine.dim(2) / factor, fine.dim(3)));
        Lanes lanes = Lanes.of(fine.dim(3));
        KernelOperation.named("upsample_nearest_backward")
                .reads(dy)
                .writes(dx)
                .launch(
                        lanes.kernel("upsample_nearest_backward", dy.type()),
                        threads(dx, lanes),
                        coarse(dx.shape(), lanes, factor, dy, dx))
                .appendTo(graph);
        return dx;
    }

    /**
     * Bilinear interpolation with half-pixel centres (align_corners = false) and clamped borders, to any size of at
     * least one pixel: FLOAT32 (N, H, W, C) to (N, outputH, outputW, C). It samples, without smoothing, when the output
     * is smaller.
     */
    public static Tensor bilinear(Graph graph, Tensor x, int outputH, int outputW) {
        requirePicture("upsample_bilinear", x);
        Require.float32("upsample_bilinear", x);
        Shape shape = x.shape();
        Interpolation vertical = Interpolation.of(shape.dim(1), outputH);
        Interpolation horizontal = Interpolation.of(shape.dim(2), outputW);
        Tensor y = graph.activation("upsample_bilinear", Shape.of(shape.dim(0), outputH, outputW, shape.dim(3)));
        Require.count("upsample_bilinear", y);
        Lanes lanes = Lanes.of(shape.dim(3));
        KernelOperation.named("upsample_bilinear")
                .reads(x)
                .writes(y)
                .launch(
                        lanes.kernel("upsample_bilinear_forward", x.type()),
                        threads(y, lanes),
                        bilinearArguments(x, y, y, lanes, vertical, horizontal))
                .gradient((g, dy, wanted) -> {
                    Tensor dx = g.activation("d_upsample_bilinear", shape);
                    KernelOperation.named("upsample_bilinear_backward")
                            .reads(dy.get(0))
                            .writes(dx)
                            .launch(
                                    lanes.kernel("upsample_bilinear_backward", x.type()),
                                    threads(dx, lanes),
                                    bilinearArguments(dy.get(0), dx, dx, lanes, vertical, horizontal))
                            .appendTo(g);
                    return List.of(dx);
                })
                .appendTo(graph);
        return y;
    }

    private static Object[] bilinearArguments(
            Tensor source,
            Tensor target,
            Tensor walked,
            Lanes lanes,
            Interpolation vertical,
            Interpolation horizontal) {
        Divisor channels = lanes.divisor();
        Divisor w = Divisor.of(walked.shape().dim(2));
        Divisor h = Divisor.of(walked.shape().dim(1));
        return new Object[] {
            source,
            target,
            (int) threads(walked, lanes),
            lanes.count(),
            channels.magic(),
            channels.shift(),
            w.magic(),
            w.shift(),
            h.magic(),
            h.shift(),
            vertical.input(),
            vertical.output(),
            vertical.divisor().magic(),
            vertical.divisor().shift(),
            vertical.inverse(),
            horizontal.input(),
            horizontal.output(),
            horizontal.divisor().magic(),
            horizontal.divisor().shift(),
            horizontal.inverse()
        };
    }

    /** The tensors, then what the kernels that walk over coarse pixels take. */
    private static Object[] coarse(Shape coarse, Lanes lanes, int factor, Tensor... tensors) {
        Divisor channels = lanes.divisor();
        Divisor w = Divisor.of(Math.max(1, coarse.dim(2)));
        Object[] arguments = Arrays.copyOf(tensors, tensors.length + 8, Object[].class);
        Object[] numbers = {
            (int) (coarse.elements() / lanes.width()),
            lanes.count(),
            channels.magic(),
            channels.shift(),
            coarse.dim(2),
            w.magic(),
            w.shift(),
            factor
        };
        System.arraycopy(numbers, 0, arguments, tensors.length, numbers.length);
        return arguments;
    }

    private static Shape enlarged(Shape shape, int factor) {
        return Shape.of(shape.dim(0), shape.dim(1) * factor, shape.dim(2) * factor, shape.dim(3));
    }

    private static long threads(Tensor walked, Lanes lanes) {
        return walked.elements() / lanes.width();
    }

    private static DataType requirePicture(String operation, Tensor x) {
        Require.layout(operation, x, "(N, H, W, C)");
        Require.count(operation, x);
        return Require.stored(operation, x);
    }
}
