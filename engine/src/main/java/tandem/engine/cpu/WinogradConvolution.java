package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;
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

    /** Makes the products of {@code count} tiles. */
    interface Products {
        OneDnnSequence of(int count, Operand a, Operand b, Operand c, boolean accumulate);
    }

    /** What the zeros of {@code winograd.cu} suffice for. */
    private static final int MAX_CHANNELS = 1024;

    /** Tiles of a chunk times channels: the transformed data of a chunk then take a few megabytes. */
    private static final int CHUNK_CHANNELS = 16384;

    private static final int MIN_CHUNK = 64;

    private final Launcher launcher;
    private final Products products;
    private final ConvolutionShape shape;
    private final WinogradTiles tiles;
    private final WinogradTiles dataTiles;
    private final int count;

    /** @param size M, 2 or 4 */
    WinogradConvolution(Launcher launcher, Products products, ConvolutionShape shape, int size) {
        int chunk = Math.max(MIN_CHUNK, CHUNK_CHANNELS / Math.max(shape.c(), shape.k()));
        this.launcher = launcher;
        this.products = products;
        this.shape = shape;
        this.tiles = WinogradTiles.covering(size, shape.n(), shape.outputH(), shape.outputW(), chunk);
        this.dataTiles = WinogradTiles.covering(size, shape.n(), shape.h(), shape.w(), chunk);
        this.count = tiles.products();
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
        return "winograd" + tiles.size() + "_" + name;
    }

    /** x, filter, bias, residual, y. */
    Primitive forward(boolean bias, boolean residual, Activation activation) {
        boolean fused = bias || residual || activation.present();
        int filterElements = shape.c() * shape.k();
        int step = WinogradTiles.step(shape.k(), shape.c());
        Operand filters = new Operand(shape.c(), shape.k(), step, true);
        List<OneDnnSequence> made = forward(tiles, shape.c(), shape.k(), filters);
        return new CommandPrimitive(
                "convolution_forward",
                5,
                imageBytes(tiles) + scratch(made),
                new CommandPrimitive.Preparation(
                        tiles.matrices(step),
                        (prepared, a) -> launcher.of(
                                kernel("filter"),
                                filterElements,
                                a[1],
                                prepared,
                                filterElements,
                                step,
                                shape.c(),
                                Divisor.of(shape.c())),
                        (workspace, prepared, a) -> images(
                                "convolution_forward",
                                tiles,
                                made,
                                workspace,
                                prepared,
                                a[0],
                                new int[] {shape.h(), shape.w(), shape.c(), shape.padding()},
                                new int[] {shape.outputH(), shape.outputW(), shape.k()},
                                fused
                                        ? new Object[] {
                                            bias ? a[2] : Memory.NONE,
                                            residual ? a[3] : Memory.NONE,
                                            a[4],
                                            activation.present() ? activation.slope() : 1f
                                        }
                                        : new Object[] {a[4]})));
    }

    /** dy, filter, dx. */
    Primitive backwardData() {
        int filterElements = shape.c() * shape.k();
        int step = WinogradTiles.step(shape.k(), shape.c());
        Operand filters = new Operand(shape.k(), shape.c(), step, false);
        List<OneDnnSequence> made = forward(dataTiles, shape.k(), shape.c(), filters);
        return new CommandPrimitive(
                "convolution_backward_data",
                3,
                imageBytes(dataTiles) + scratch(made),
                new CommandPrimitive.Preparation(
                        tiles.matrices(step),
                        (prepared, a) -> launcher.of(
                                kernel("filter_turned"),
                                filterElements,
                                a[1],
                                prepared,
                                filterElements,
                                step,
                                shape.c(),
                                Divisor.of(shape.c())),
                        (workspace, prepared, a) -> images(
                                "convolution_backward_data",
                                dataTiles,
                                made,
                                workspace,
                                prepared,
                                a[0],
                                new int[] {shape.outputH(), shape.outputW(), shape.k(), 2 - shape.padding()},
                                new int[] {shape.h(), shape.w(), shape.c()},
                                new Object[] {a[2]})));
    }

    /** The products of each chunk: (tiles, from) times (from, to). */
    private List<OneDnnSequence> forward(WinogradTiles walked, int from, int to, Operand filters) {
        return perChunk(walked, rows -> {
            int source = WinogradTiles.step(walked.chunk(), from);
            int target = WinogradTiles.step(walked.chunk(), to);
            return products.of(
                    count,
                    new Operand(rows, from, source, false),
                    filters,
                    new Operand(rows, to, target, false),
                    false);
        });
    }

    private static List<OneDnnSequence> perChunk(WinogradTiles walked, IntFunction<OneDnnSequence> maker) {
        return walked.list().stream().map(chunk -> maker.apply(chunk.count())).toList();
    }

    private static long scratch(List<OneDnnSequence> made) {
        return made.stream().mapToLong(OneDnnSequence::workspaceBytes).max().orElse(0);
    }

    private long imageBytes(WinogradTiles walked) {
        return walked.bytes(shape.c()) + walked.bytes(shape.k());
    }

    private Command images(
            String name,
            WinogradTiles walked,
            List<OneDnnSequence> made,
            Memory workspace,
            Memory filters,
            Memory source,
            int[] from,
            int[] to,
            Object[] written) {
        Memory inputs = workspace.slice(0, walked.bytes(from[2]));
        Memory outputs = workspace.slice(inputs.bytes(), walked.bytes(to[2]));
        Memory rest = rest(workspace, inputs.bytes() + outputs.bytes());
        return sequence(name, commands -> {
            List<WinogradTiles.Chunk> chunks = walked.list();
            for (int i = 0; i < chunks.size(); i++) {
                WinogradTiles.Chunk chunk = chunks.get(i);
                commands.accept(launcher.of(
                        kernel("input"),
                        (long) chunk.count() * from[2],
                        source,
                        inputs,
                        walked.walk(chunk, from[0], from[1], from[2], from[3])));
                commands.accept(made.get(i).bind(rest, inputs, filters, outputs));
                commands.accept(launcher.of(
                        kernel(written.length > 1 ? "output_fused" : "output"),
                        (long) chunk.count() * to[2],
                        outputs,
                        written,
                        walked.walk(chunk, to[0], to[1], to[2])));
            }
        });
    }

    private static Memory rest(Memory workspace, long used) {
        return workspace.slice(used, workspace.bytes() - used);
    }

    /** x, dy, dFilter. */
    Primitive backwardFilter() {
        int step = WinogradTiles.step(shape.k(), shape.c());
        Operand sums = new Operand(shape.k(), shape.c(), step, false);
        List<OneDnnSequence> made = new ArrayList<>();
        for (WinogradTiles.Chunk chunk : tiles.list()) {
            made.add(products.of(
                    count,
                    new Operand(shape.k(), chunk.count(), WinogradTiles.step(tiles.chunk(), shape.k()), true),
                    new Operand(chunk.count(), shape.c(), WinogradTiles.step(tiles.chunk(), shape.c()), false),
                    sums,
                    chunk.first() > 0));
        }
        long sumBytes = tiles.matrices(step);
        int filterElements = shape.c() * shape.k();
        return new CommandPrimitive(
                "convolution_backward_filter", 4, sumBytes + imageBytes(tiles) + scratch(made), (workspace, a) -> {
                    Memory products = workspace.slice(0, sumBytes);
                    Memory inputs = workspace.slice(sumBytes, tiles.bytes(shape.c()));
                    Memory gradients = workspace.slice(sumBytes + inputs.bytes(), tiles.bytes(shape.k()));
                    Memory rest = rest(workspace, sumBytes + imageBytes(tiles));
                    return sequence("convolution_backward_filter", commands -> {
                        List<WinogradTiles.Chunk> chunks = tiles.list();
                        for (int i = 0; i < chunks.size(); i++) {
                            WinogradTiles.Chunk chunk = chunks.get(i);
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
                            commands.accept(made.get(i).bind(rest, gradients, inputs, products));
                        }
                        commands.accept(launcher.of(
                                kernel("filter_gradient"),
                                filterElements,
                                products,
                                a[2],
                                filterElements,
                                step,
                                shape.c(),
                                Divisor.of(shape.c())));
                    });
                });
    }

    private static Command sequence(
            String name, java.util.function.Consumer<java.util.function.Consumer<Command>> maker) {
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
