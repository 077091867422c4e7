package tandem.engine.operation;

import java.util.Arrays;
import java.util.List;
import tandem.engine.DataType;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Larger images and feature maps (N, H, W, C). */
public final class Upsample {

    private Upsample() {}

    /**
     * Repeats each pixel {@code factor} times along both axes: (N, H, W, C) to (N, H factor, W factor, C). UINT8 too,
     * if C is a multiple of 4, without a gradient.
     */
    public static Tensor nearest(Graph graph, Tensor x, int factor) {
        Moved moved = Moved.of("upsample_nearest", x);
        if (factor < 1) {
            throw new IllegalArgumentException("upsample_nearest needs a factor of at least 1, got " + factor);
        }
        Tensor y = graph.activation("upsample_nearest", x.type(), enlarged(x.shape(), factor));
        Require.count("upsample_nearest", y);
        Lanes lanes = Lanes.of(moved.shape().dim(3));
        KernelOperation.named("upsample_nearest")
                .reads(x)
                .writes(y)
                .attribute("factor", factor)
                .launch(
                        lanes.kernel("upsample_nearest_forward", moved.type()),
                        moved.shape().elements() / lanes.width(),
                        x,
                        y,
                        CoarseWalk.of(moved.shape(), lanes, factor))
                .gradient((g, dy, needed) -> List.of(nearestBackward(g, dy.get(0), factor)))
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
        requireImage("upsample_nearest_add", coarse);
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
                .attribute("factor", factor)
                .launch(
                        lanes.kernel("upsample_nearest_add_forward", type),
                        threads(coarse, lanes),
                        coarse,
                        fine,
                        y,
                        CoarseWalk.of(coarse.shape(), lanes, factor))
                .gradient((g, dy, needed) ->
                        Arrays.asList(needed[0] ? nearestBackward(g, dy.get(0), factor) : null, dy.get(0)))
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
                        dy,
                        dx,
                        CoarseWalk.of(dx.shape(), lanes, factor))
                .appendTo(graph);
        return dx;
    }

    /**
     * Bilinear interpolation with half-pixel centers (align_corners = false) and clamped borders, to any size of at
     * least one pixel: FLOAT32 (N, H, W, C) to (N, outputH, outputW, C). It samples, without smoothing, when the output
     * is smaller.
     */
    public static Tensor bilinear(Graph graph, Tensor x, int outputH, int outputW) {
        requireImage("upsample_bilinear", x);
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
                        bilinear(x, y, y, lanes, vertical, horizontal))
                .gradient((g, dy, needed) -> {
                    Tensor dx = g.activation("d_upsample_bilinear", shape);
                    KernelOperation.named("upsample_bilinear_backward")
                            .reads(dy.get(0))
                            .writes(dx)
                            .launch(
                                    lanes.kernel("upsample_bilinear_backward", x.type()),
                                    threads(dx, lanes),
                                    bilinear(dy.get(0), dx, dx, lanes, vertical, horizontal))
                            .appendTo(g);
                    return List.of(dx);
                })
                .appendTo(graph);
        return y;
    }

    /** @param walked the tensor that has a thread for each of its vectors: {@code source} or {@code target} */
    private static Bilinear bilinear(
            Tensor source,
            Tensor target,
            Tensor walked,
            Lanes lanes,
            Interpolation vertical,
            Interpolation horizontal) {
        return new Bilinear(
                source,
                target,
                (int) threads(walked, lanes),
                lanes.count(),
                lanes.divisor(),
                Divisor.of(walked.shape().dim(2)),
                Divisor.of(walked.shape().dim(1)),
                vertical,
                horizontal);
    }

    private record Bilinear(
            Tensor source,
            Tensor target,
            int threads,
            int vectors,
            Divisor byVectors,
            Divisor byColumns,
            Divisor byRows,
            Interpolation vertical,
            Interpolation horizontal)
            implements KernelArguments {}

    /** How the kernels that have a thread for each vector of a coarse pixel find their place. */
    private record CoarseWalk(int threads, int vectors, Divisor byVectors, int columns, Divisor byColumns, int factor)
            implements KernelArguments {

        static CoarseWalk of(Shape coarse, Lanes lanes, int factor) {
            return new CoarseWalk(
                    (int) (coarse.elements() / lanes.width()),
                    lanes.count(),
                    lanes.divisor(),
                    coarse.dim(2),
                    Divisor.of(Math.max(1, coarse.dim(2))),
                    factor);
        }
    }

    private static Shape enlarged(Shape shape, int factor) {
        return Shape.of(shape.dim(0), shape.dim(1) * factor, shape.dim(2) * factor, shape.dim(3));
    }

    private static long threads(Tensor walked, Lanes lanes) {
        return walked.elements() / lanes.width();
    }

    private static DataType requireImage(String operation, Tensor x) {
        Require.layout(operation, x, "(N, H, W, C)");
        Require.count(operation, x);
        return Require.stored(operation, x);
    }
}
