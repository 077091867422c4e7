package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import tandem.engine.Activation;
import tandem.engine.Command;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.engine.cpu.OneDnnProducts.Operand;
import tandem.engine.dnn.CommandPrimitive;
import tandem.engine.dnn.Launcher;
import tandem.engine.memory.CommandSequence;
import tandem.engine.operation.Divisor;

/**
 * Winograd's minimal filtering F(M x M, 3 x 3) for convolutions with stride 1 (Lavin and Gray, "Fast Algorithms for
 * Convolutional Neural Networks", CVPR 2016): transforms of this project ({@code winograd.cu}) around (M + 2)^2 matrix
 * products of oneDNN. It multiplies 2.25 times (M = 2) or 4 times (M = 4) less often than the direct convolution, and
 * rounds more: F(4 x 4) evaluates at points up to 2, which enlarges intermediate values.
 */
final class WinogradConvolution {

    /** What it is made of. */
    interface Parts {

        /** How many threads work at a time. */
        int threads();

        /** Makes kernel launches. */
        Launcher launcher();

        /** Makes {@code count} products; {@code alone} for those of a lane. */
        Primitive products(boolean alone, int count, Operand a, Operand b, Operand c, boolean accumulate);

        /** Matrices for products with the layout that is fastest, see {@link CpuDnn#arranged}. */
        ArrangedMatrices arranged(int count, int rows, int k, int n);

        /** Products with all of {@code b}; {@code alone} for those of a lane. */
        Primitive products(boolean alone, Operand a, ArrangedMatrices b, Operand c);

        /** Lanes of commands that run at the same time, each on one thread. */
        Command lanes(String name, List<List<Command>> lanes, Memory... memories);
    }

    /** What the zeros of {@code winograd.cu} suffice for. */
    private static final int MAX_CHANNELS = 1024;

    /** Tiles of a chunk times channels: the transformed data of a chunk then take a few megabytes. */
    private static final int CHUNK_CHANNELS = 16384;

    private static final int MIN_CHUNK = 64;

    /** Transformed data of a chunk of a lane, and of a chunk that all threads share, in inference with one image. */
    private static final long CHUNK_BYTES = 2L << 20;

    private static final long SHARED_CHUNK_BYTES = 8L << 20;

    /** Transformed filters from which on it takes longer to read them in each lane than to wait for other threads. */
    private static final long LARGE_FILTER_BYTES = 4L << 20;

    /** Tiles of a lane: with fewer, its products are slow. */
    private static final int MIN_LANE = 12;

    private final Parts parts;
    private final ConvolutionShape shape;
    private final int size;

    /** Two passes over images are the same: that of the output, and that of the gradient of the input. */
    private record Pass(
            String name,
            WinogradTiles tiles,
            int h,
            int w,
            int channels,
            int padding,
            int toH,
            int toW,
            int toChannels) {

        /** Bytes of the transformed data of a chunk. */
        long bytes() {
            return tiles.bytes(channels) + resultBytes();
        }

        /** With a row more: of some columns of a matrix, oneDNN counts whole rows from the first of them. */
        long resultBytes() {
            return tiles.bytes(toChannels) + Memory.aligned((long) Float.BYTES * toChannels);
        }
    }

    /** @param size M, 2 or 4 */
    WinogradConvolution(Parts parts, ConvolutionShape shape, int size) {
        this.parts = parts;
        this.shape = shape;
        this.size = size;
    }

    /** Whether it can compute such a convolution, within indices of 32 bits. */
    static boolean fits(CpuConvolution convolution, int size) {
        ConvolutionShape shape = convolution.shape();
        boolean summed = switch (convolution.kind()) {
            case FORWARD -> shape.c() > 1;
            case BACKWARD_DATA -> shape.k() > 1;
            case BACKWARD_FILTER -> shape.n() > 1 || shape.outputH() > size || shape.outputW() > size;
        };
        return summed
                && shape.r() == 3
                && shape.s() == 3
                && shape.stride() == 1
                && shape.padding() <= 2
                && Math.max(shape.c(), shape.k()) <= MAX_CHANNELS
                && shape.inputElements() < Integer.MAX_VALUE
                && shape.outputElements() < Integer.MAX_VALUE
                && 9L * shape.c() * shape.k() < Integer.MAX_VALUE / 4;
    }

    private String kernel(String name) {
        return "winograd" + size + "_" + name;
    }

    /** @param minLane tiles of a lane; where that leaves threads without work, all work on the same chunk */
    private WinogradTiles tiles(int h, int w, int minLane) {
        int chunk = Math.max(MIN_CHUNK, CHUNK_CHANNELS / Math.max(shape.c(), shape.k()));
        WinogradTiles tiles = WinogradTiles.covering(size, shape.n(), h, w, chunk, 1);
        int lanesOfThread = Math.min(2, tiles.count() / minLane / parts.threads());
        boolean shared = parts.threads() == 1 || lanesOfThread == 0;
        return shared ? tiles : WinogradTiles.covering(size, shape.n(), h, w, chunk, lanesOfThread * parts.threads());
    }

    /**
     * The tiles of inference with one image: each thread has a lane, or where all lanes would read large filters, all
     * threads work on one chunk after the other.
     */
    private WinogradTiles tilesOfImage() {
        WinogradTiles all = WinogradTiles.covering(size, 1, shape.outputH(), shape.outputW(), MIN_CHUNK, 1);
        long matrixBytes = (long) Float.BYTES * all.products();
        boolean largeFilters = matrixBytes * shape.c() * shape.k() >= LARGE_FILTER_BYTES;
        boolean shared = largeFilters || all.count() / MIN_LANE < parts.threads();
        long tileBytes = matrixBytes * (shape.c() + shape.k());
        long chunk = (largeFilters ? SHARED_CHUNK_BYTES : CHUNK_BYTES) / tileBytes;
        return WinogradTiles.covering(
                size,
                1,
                shape.outputH(),
                shape.outputW(),
                Math.toIntExact(Math.max(MIN_LANE, chunk)),
                shared ? 1 : parts.threads());
    }

    /** x, filter, bias, residual, y. */
    Primitive forward(boolean bias, boolean residual, Activation activation) {
        // What is fused is for inference, in which filters do not change; a bias alone is also for training.
        boolean arranged = residual || activation.present();
        Pass pass = new Pass(
                "convolution_forward",
                arranged && shape.n() == 1 ? tilesOfImage() : tiles(shape.outputH(), shape.outputW(), MIN_LANE),
                shape.h(),
                shape.w(),
                shape.c(),
                shape.padding(),
                shape.outputH(),
                shape.outputW(),
                shape.k());
        boolean fused = bias || residual || activation.present();
        WinogradFilters filters = arranged
                ? WinogradFilters.ofInference(parts, size, shape, pass.tiles())
                : new WinogradFilters.Plain(parts, kernel("filter"), shape, pass.tiles(), true);
        return images(
                pass,
                filters,
                5,
                a -> fused
                        ? new Object[] {
                            bias ? a[2] : Memory.NONE,
                            residual ? a[3] : Memory.NONE,
                            a[4],
                            activation.present() ? activation.slope() : 1f
                        }
                        : new Object[] {a[4]});
    }

    /** dy, filter, dx. */
    Primitive backwardData() {
        Pass pass = new Pass(
                "convolution_backward_data",
                tiles(shape.h(), shape.w(), MIN_LANE),
                shape.outputH(),
                shape.outputW(),
                shape.k(),
                2 - shape.padding(),
                shape.h(),
                shape.w(),
                shape.c());
        WinogradFilters filters = new WinogradFilters.Plain(parts, kernel("filter_turned"), shape, pass.tiles(), false);
        return images(pass, filters, 3, a -> new Object[] {a[2]});
    }

    /** @param written the arguments of the last kernel, before those that find the pixels */
    private Primitive images(Pass pass, WinogradFilters filters, int arguments, Function<Memory[], Object[]> written) {
        WinogradTiles tiles = pass.tiles();
        List<WinogradFilters.Products> products = new ArrayList<>();
        for (WinogradTiles.Chunk chunk : tiles.list()) {
            int from = WinogradTiles.step(tiles.chunk(), pass.channels());
            int to = WinogradTiles.step(tiles.chunk(), pass.toChannels());
            products.add(filters.products(
                    tiles.lanes() > 1,
                    new Operand(chunk.count(), pass.channels(), from, false),
                    new Operand(chunk.count(), pass.toChannels(), to, false)));
        }
        long slot = pass.bytes()
                + Memory.aligned(products.stream()
                        .mapToLong(WinogradFilters.Products::workspaceBytes)
                        .max()
                        .orElse(0));
        long slots = tiles.lanes() * slot;
        return new CommandPrimitive(
                pass.name(),
                arguments,
                Math.max(slots + filters.matrixBytes(), filters.workspaceBytes()),
                new CommandPrimitive.Preparation(
                        filters.bytes(),
                        (workspace, stored, a) -> filters.arrange(workspace, a[1], stored),
                        (workspace, stored, a) -> sequence(pass.name(), commands -> {
                            Memory matrices = workspace.slice(slots, filters.matrixBytes());
                            filters.begin(stored, matrices, commands);
                            commands.accept(walk(
                                    pass.name(),
                                    tiles,
                                    workspace,
                                    slot,
                                    (slice, chunk, some) -> images(
                                            pass,
                                            tiles.list().get(chunk),
                                            products.get(chunk),
                                            slice,
                                            stored,
                                            matrices,
                                            a[0],
                                            written.apply(a),
                                            some),
                                    used(workspace, stored, a)));
                        })));
    }

    /** What the commands after the preparation use: not the filter, the second argument. */
    private static Memory[] used(Memory workspace, Memory prepared, Memory[] arguments) {
        List<Memory> all = new ArrayList<>(List.of(arguments));
        all.remove(1);
        all.add(workspace);
        all.add(prepared);
        return all.toArray(Memory[]::new);
    }

    private void images(
            Pass pass,
            WinogradTiles.Chunk chunk,
            WinogradFilters.Products products,
            Memory slice,
            Memory stored,
            Memory matrices,
            Memory source,
            Object[] written,
            Consumer<Command> commands) {
        WinogradTiles tiles = pass.tiles();
        Launcher launcher = parts.launcher();
        Memory inputs = slice.slice(0, tiles.bytes(pass.channels()));
        Memory outputs = slice.slice(inputs.bytes(), pass.resultBytes());
        commands.accept(launcher.of(
                kernel("input"),
                (long) chunk.count() * pass.channels(),
                source,
                inputs,
                tiles.walk(chunk, pass.h(), pass.w(), pass.channels(), pass.padding())));
        products.binder().add(rest(slice, pass.bytes()), stored, matrices, inputs, outputs, commands);
        commands.accept(launcher.of(
                kernel(written.length > 1 ? "output_fused" : "output"),
                (long) chunk.count() * pass.toChannels(),
                outputs,
                written,
                tiles.walk(chunk, pass.toH(), pass.toW(), pass.toChannels())));
    }

    /** x, dy, dFilter. */
    Primitive backwardFilter() {
        // A lane has sums of its own, which are as many as those of a tile times the channels.
        WinogradTiles tiles =
                tiles(shape.outputH(), shape.outputW(), Math.max(MIN_LANE, Math.max(shape.c(), shape.k())));
        int step = WinogradTiles.step(shape.k(), shape.c());
        Operand sums = new Operand(shape.k(), shape.c(), step, false);
        List<Primitive> products = new ArrayList<>();
        for (int i = 0; i < tiles.chunks(); i++) {
            int count = tiles.list().get(i).count();
            products.add(parts.products(
                    tiles.lanes() > 1,
                    tiles.products(),
                    new Operand(shape.k(), count, WinogradTiles.step(tiles.chunk(), shape.k()), true),
                    new Operand(count, shape.c(), WinogradTiles.step(tiles.chunk(), shape.c()), false),
                    sums,
                    !tiles.startsLane(i)));
        }
        long sumBytes = tiles.matrices(step);
        long allSums = tiles.lanes() * sumBytes;
        long used = tiles.bytes(shape.c()) + tiles.bytes(shape.k());
        long slot = used + scratch(products);
        int filterElements = shape.c() * shape.k();
        return new CommandPrimitive(
                "convolution_backward_filter", 4, allSums + tiles.lanes() * slot, (workspace, a) -> {
                    Command walk = walk(
                            "convolution_backward_filter",
                            tiles,
                            rest(workspace, allSums),
                            slot,
                            (slice, i, commands) -> {
                                WinogradTiles.Chunk chunk = tiles.list().get(i);
                                Launcher launcher = parts.launcher();
                                Memory inputs = slice.slice(0, tiles.bytes(shape.c()));
                                Memory gradients = slice.slice(inputs.bytes(), tiles.bytes(shape.k()));
                                commands.accept(launcher.of(
                                        kernel("input"),
                                        (long) chunk.count() * shape.c(),
                                        a[0],
                                        inputs,
                                        tiles.walk(chunk, shape.h(), shape.w(), shape.c(), shape.padding())));
                                commands.accept(launcher.of(
                                        kernel("gradient"),
                                        (long) chunk.count() * shape.k(),
                                        a[1],
                                        gradients,
                                        tiles.walk(chunk, shape.outputH(), shape.outputW(), shape.k(), 0)));
                                Memory sum = workspace.slice(tiles.lane(i) * sumBytes, sumBytes);
                                commands.accept(products.get(i).bind(rest(slice, used), gradients, inputs, sum));
                            },
                            a[0],
                            a[1],
                            workspace);
                    return sequence("convolution_backward_filter", commands -> {
                        commands.accept(walk);
                        commands.accept(parts.launcher()
                                .of(
                                        kernel("filter_gradient"),
                                        filterElements,
                                        workspace.slice(0, allSums),
                                        a[2],
                                        filterElements,
                                        step,
                                        shape.c(),
                                        Divisor.of(shape.c()),
                                        tiles.lanes(),
                                        Math.toIntExact(sumBytes / Float.BYTES)));
                    });
                });
    }

    /** Adds the commands of a chunk, which have a part of the workspace to themselves. */
    private interface ChunkCommands {
        void add(Memory slice, int chunk, Consumer<Command> commands);
    }

    /** The commands of all chunks: one after the other, or in lanes that run at the same time. */
    private Command walk(
            String name, WinogradTiles tiles, Memory workspace, long slot, ChunkCommands maker, Memory... memories) {
        List<List<Command>> lanes = new ArrayList<>();
        Resources made = new Resources();
        try {
            for (int i = 0; i < tiles.chunks(); i++) {
                if (tiles.startsLane(i)) {
                    lanes.add(new ArrayList<>());
                }
                int lane = lanes.size() - 1;
                maker.add(
                        workspace.slice(lane * slot, slot),
                        i,
                        command -> lanes.get(lane).add(made.add(command)));
            }
            return lanes.size() == 1 ? new CommandSequence(name, lanes.get(0)) : parts.lanes(name, lanes, memories);
        } catch (RuntimeException | Error problem) {
            made.closeAfter(problem);
            throw problem;
        }
    }

    private static long scratch(List<Primitive> made) {
        return Memory.aligned(
                made.stream().mapToLong(Primitive::workspaceBytes).max().orElse(0));
    }

    private static Memory rest(Memory workspace, long used) {
        return workspace.slice(used, workspace.bytes() - used);
    }

    private static Command sequence(String name, Consumer<Consumer<Command>> maker) {
        List<Command> commands = new ArrayList<>();
        Resources made = new Resources();
        try {
            maker.accept(command -> commands.add(made.add(command)));
        } catch (RuntimeException | Error problem) {
            made.closeAfter(problem);
            throw problem;
        }
        return new CommandSequence(name, commands);
    }
}
