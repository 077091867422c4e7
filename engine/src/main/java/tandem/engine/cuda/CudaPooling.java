package tandem.engine.cuda;

import tandem.engine.DataType;
import tandem.engine.Dnn.PoolShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.KernelArguments;
import tandem.engine.dnn.CommandPrimitive;
import tandem.engine.operation.Divisor;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/**
 * Pooling as kernels of this project: cuDNN's backward pass would need x and y kept, where an index of one byte an
 * output does, and its sums have no fixed order.
 */
final class CudaPooling {

    private static final int AVERAGED_CHANNELS = 32;

    /** How a kernel finds the place of a thread's vector in (N, H, W, C). */
    private record Walk(int threads, int vectors, Divisor byVectors, Divisor byColumns, Divisor byRows)
            implements KernelArguments {}

    /** What {@code pool.cu} calls a Window. */
    private record Window(int window, int stride, int padding, int h, int w, int outputH, int outputW)
            implements KernelArguments {
        static Window of(PoolShape shape) {
            return new Window(
                    shape.window(),
                    shape.stride(),
                    shape.padding(),
                    shape.h(),
                    shape.w(),
                    shape.outputH(),
                    shape.outputW());
        }
    }

    private final KernelLaunches launches;

    CudaPooling(KernelLaunches launches) {
        this.launches = launches;
    }

    private static boolean wide(PoolShape shape) {
        return shape.window() * shape.window() >= 256;
    }

    private static String kernel(String name, PoolShape shape) {
        return shape.type().kernel(wide(shape) ? name + "_wide" : shape.c() % 4 == 0 ? name + "4" : name);
    }

    private static int vectors(PoolShape shape) {
        return wide(shape) || shape.c() % 4 != 0 ? shape.c() : shape.c() / 4;
    }

    /** x, y, reserve. */
    Primitive maxForward(PoolShape shape) {
        int vectors = vectors(shape);
        int threads = Math.toIntExact((long) shape.n() * shape.outputH() * shape.outputW() * vectors);
        Divisor channel = Divisor.of(vectors);
        Divisor w = Divisor.of(shape.outputW());
        Divisor h = Divisor.of(shape.outputH());
        return new CommandPrimitive(
                "max_pool_forward",
                3,
                0,
                (workspace, a) -> launches.of(
                        kernel("max_pool_forward", shape),
                        threads,
                        a[0],
                        a[1],
                        a[2],
                        new Walk(threads, vectors, channel, w, h),
                        Window.of(shape)));
    }

    /** dy, reserve, dx. */
    Primitive maxBackward(PoolShape shape) {
        int vectors = vectors(shape);
        int threads = Math.toIntExact((long) shape.n() * shape.h() * shape.w() * vectors);
        Divisor channel = Divisor.of(vectors);
        Divisor w = Divisor.of(shape.w());
        Divisor h = Divisor.of(shape.h());
        Divisor stride = Divisor.of(shape.stride());
        return new CommandPrimitive(
                "max_pool_backward",
                3,
                0,
                (workspace, a) -> launches.of(
                        kernel("max_pool_backward", shape),
                        threads,
                        a[0],
                        a[1],
                        a[2],
                        new Walk(threads, vectors, channel, w, h),
                        stride,
                        Window.of(shape)));
    }

    /** x, y. */
    Primitive averageForward(int n, int h, int w, int c, DataType type) {
        KernelEntry kernel = Catalogue.find(type.kernel("global_average_forward"));
        Grid grid = new Grid(n, (c + AVERAGED_CHANNELS - 1) / AVERAGED_CHANNELS, 1, kernel.threads(), 1, 1);
        return new CommandPrimitive(
                "global_average_pool_forward",
                2,
                0,
                (workspace, a) -> launches.launch(kernel, grid, a[0], a[1], h * w, c));
    }

    /** dy, dx. */
    Primitive averageBackward(int n, int h, int w, int c, DataType type) {
        int threads = Math.toIntExact((long) n * h * w * c);
        Divisor channel = Divisor.of(c);
        Divisor count = Divisor.of(h * w);
        return new CommandPrimitive(
                "global_average_pool_backward",
                2,
                0,
                (workspace, a) -> launches.of(
                        type.kernel("global_average_backward"),
                        threads,
                        a[0],
                        a[1],
                        threads,
                        h * w,
                        c,
                        channel,
                        count));
    }
}
