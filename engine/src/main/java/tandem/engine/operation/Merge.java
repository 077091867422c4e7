package tandem.engine.operation;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tandem.engine.Graph;
import tandem.engine.KernelArguments;
import tandem.engine.KernelOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Sums of feature maps of several sizes. */
public final class Merge {

    private static final int MAX_MAPS = 4;

    private Merge() {}

    /**
     * Context enhancement: leaky(sum of the maps, each up-sampled (nearest) to the size of the first, + global), in one
     * pass.
     *
     * @param maps one to four: the first (N, H, W, C), the others smaller by the same power of two along both axes
     * @param global (N, 1, 1, C), added to every pixel
     * @param slope of the leaky ReLU, in [0, 1)
     * @return (N, H, W, C)
     */
    public static Tensor enhance(Graph graph, List<Tensor> maps, Tensor global, float slope) {
        Shape shape = requireMaps(maps, global);
        Elementwise.requireSlope("enhance", slope);
        Require.count("enhance", maps.get(0));
        List<Tensor> x = List.copyOf(maps);
        Lanes lanes = Lanes.of(shape.dim(3));
        Divisor channels = lanes.divisor();
        Divisor w = Divisor.of(Math.max(1, shape.dim(2)));
        Divisor h = Divisor.of(Math.max(1, shape.dim(1)));
        long threads = shape.elements() / lanes.width();
        Tensor y = graph.activation("enhance", global.type(), shape);
        List<Object> arguments = new ArrayList<>();
        for (int i = 0; i < MAX_MAPS; i++) {
            arguments.add(x.get(Math.min(i, x.size() - 1)));
        }
        arguments.add(x.size());
        for (int i = 0; i < MAX_MAPS; i++) {
            arguments.add(level(shape, x.get(Math.min(i, x.size() - 1))));
        }
        arguments.addAll(List.of(
                global, y, new Walk((int) threads, lanes.count(), channels, shape.dim(2), w, shape.dim(1), h), slope));
        List<Tensor> inputs = new ArrayList<>(x);
        inputs.add(global);
        KernelOperation.named("enhance")
                .reads(inputs.toArray(Tensor[]::new))
                .writes(y)
                .attribute("slope", slope)
                .launch(lanes.kernel("merge_enhance_forward", global.type()), threads, arguments.toArray())
                .gradient((g, dy, needed) -> backward(g, x, y, dy.get(0), slope, needed))
                .appendTo(graph);
        return y;
    }

    /** How the kernel finds the place of a thread's vector in (N, H, W, C). */
    private record Walk(
            int threads, int vectors, Divisor byVectors, int columns, Divisor byColumns, int rows, Divisor byRows)
            implements KernelArguments {}

    private static List<Tensor> backward(
            Graph graph, List<Tensor> maps, Tensor y, Tensor dy, float slope, boolean[] needed) {
        Tensor sum = Elementwise.leakyReluBackward(graph, y, dy, slope);
        Tensor[] gradients = new Tensor[maps.size() + 1];
        // From fine to coarse, so that each sums over the blocks of the one before: every gradient is read once,
        // nearly.
        Integer[] order = new Integer[maps.size()];
        Arrays.setAll(order, i -> i);
        Arrays.sort(
                order,
                (a, b) -> maps.get(b).shape().dim(1) - maps.get(a).shape().dim(1));
        Tensor last = sum;
        for (int i : order) {
            if (needed[i]) {
                int factor = 1 << level(last.shape(), maps.get(i));
                last = factor == 1 ? last : Upsample.nearestBackward(graph, last, factor);
                gradients[i] = last;
            }
        }
        if (needed[maps.size()]) {
            gradients[maps.size()] = spatialSum(graph, last);
        }
        return Arrays.asList(gradients);
    }

    /**
     * The sum over H and W: (N, H, W, C) to (N, 1, 1, C), in FLOAT32 first along each row, then over the rows. No
     * gradient.
     */
    static Tensor spatialSum(Graph graph, Tensor x) {
        Shape shape = x.shape();
        Tensor rows = axisSum(
                graph,
                x,
                shape.dim(0) * shape.dim(1),
                shape.dim(2),
                Shape.of(shape.dim(0), shape.dim(1), 1, shape.dim(3)));
        return Cast.to(
                graph,
                axisSum(graph, rows, shape.dim(0), shape.dim(1), Shape.of(shape.dim(0), 1, 1, shape.dim(3))),
                x.type());
    }

    private static Tensor axisSum(Graph graph, Tensor x, int outer, int count, Shape result) {
        Lanes lanes = Lanes.of(result.dim(-1));
        Divisor channels = lanes.divisor();
        Tensor y = graph.activation("axis_sum", result);
        int threads = outer * lanes.count();
        KernelOperation.named("axis_sum")
                .reads(x)
                .writes(y)
                .launch(lanes.kernel("axis_sum", x.type()), threads, x, y, threads, count, lanes.count(), channels)
                .appendTo(graph);
        return y;
    }

    private static Shape requireMaps(List<Tensor> maps, Tensor global) {
        if (maps.isEmpty() || maps.size() > MAX_MAPS) {
            throw new IllegalArgumentException("enhance needs one to " + MAX_MAPS + " maps, got " + maps.size());
        }
        Require.stored("enhance", global);
        Shape shape = maps.get(0).shape();
        for (Tensor map : maps) {
            Require.stored("enhance", global, map);
            Require.layout("enhance", map, "(N, H, W, C)");
            int level = level(shape, map);
            if (level < 0
                    || !map.shape()
                            .equals(Shape.of(shape.dim(0), shape.dim(1) >> level, shape.dim(2) >> level, shape.dim(3)))
                    || map.shape().dim(1) << level != shape.dim(1)
                    || map.shape().dim(2) << level != shape.dim(2)) {
                throw new IllegalArgumentException("enhance needs maps smaller than the first, " + maps.get(0)
                        + ", by the same power of two along both axes, got " + map);
            }
        }
        if (!global.shape().equals(Shape.of(shape.dim(0), 1, 1, shape.dim(3)))) {
            throw new IllegalArgumentException(
                    "enhance needs a global vector for each image of " + maps.get(0) + ", got " + global);
        }
        return shape;
    }

    /** log2 of how many times higher {@code fine} is than {@code map}; -1 when that is no power of two. */
    private static int level(Shape fine, Tensor map) {
        int small = map.shape().dim(1);
        for (int level = 0; small > 0 && small << level <= fine.dim(1) && level < 16; level++) {
            if (small << level == fine.dim(1)) {
                return level;
            }
        }
        return -1;
    }
}
