package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import tandem.engine.Command;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.engine.cpu.OneDnnProducts.Operand;
import tandem.engine.cpu.WinogradConvolution.Parts;
import tandem.engine.memory.CommandSequence;
import tandem.engine.operation.Divisor;

/** The filters of a Winograd convolution, how they are transformed, and the products with them. */
interface WinogradFilters {

    /** Bytes of what a frozen program stores. */
    long bytes();

    /** Scratch bytes of {@link #arrange}. */
    long workspaceBytes();

    /** Computes what is stored from {@code filter}, (K, 3, 3, C). */
    Command arrange(Memory workspace, Memory filter, Memory stored);

    /** Bytes of matrices that each run computes from what is stored. */
    default long matrixBytes() {
        return 0;
    }

    /** Adds the commands that come before all chunks of a run. */
    default void begin(Memory stored, Memory matrices, Consumer<Command> commands) {}

    /**
     * The products of a chunk.
     *
     * @param workspaceBytes scratch bytes of their commands
     */
    record Products(long workspaceBytes, Binder binder) {

        /** Adds their commands. */
        interface Binder {
            void add(
                    Memory workspace,
                    Memory stored,
                    Memory matrices,
                    Memory tiles,
                    Memory results,
                    Consumer<Command> commands);
        }
    }

    /**
     * Products with all matrices.
     *
     * @param alone whether one thread computes them
     * @param tiles (tiles, C), or (tiles, K) for a gradient
     * @param results (tiles, K), or (tiles, C) for a gradient
     */
    Products products(boolean alone, Operand tiles, Operand results);

    /** For inference. */
    static WinogradFilters ofInference(Parts parts, int size, ConvolutionShape shape, WinogradTiles tiles) {
        return InBlocks.fits(shape)
                ? new InBlocks(parts, "winograd" + size + "_block", shape, tiles)
                : new Arranged(
                        parts,
                        "winograd" + size + "_filter",
                        shape,
                        tiles,
                        parts.arranged(tiles.products(), tiles.chunk(), shape.c(), shape.k()));
    }

    private static Command transform(
            Parts parts, String kernel, ConvolutionShape shape, int filters, Memory filter, Memory matrices) {
        int elements = filters * shape.c();
        return parts.launcher()
                .of(
                        kernel,
                        elements,
                        filter,
                        matrices,
                        elements,
                        WinogradTiles.step(filters, shape.c()),
                        shape.c(),
                        Divisor.of(shape.c()));
    }

    /** One command that multiplies by what is stored. */
    private static Products products(Primitive primitive) {
        return new Products(
                primitive.workspaceBytes(),
                (workspace, stored, matrices, tiles, results, commands) ->
                        commands.accept(primitive.bind(workspace, tiles, stored, results)));
    }

    /** (K, C) matrices, as the transform writes them; for filters that change in each run, in both directions. */
    record Plain(Parts parts, String kernel, ConvolutionShape shape, WinogradTiles tiles, boolean forward)
            implements WinogradFilters {

        private int step() {
            return WinogradTiles.step(shape.k(), shape.c());
        }

        @Override
        public long bytes() {
            return tiles.matrices(step());
        }

        @Override
        public long workspaceBytes() {
            return 0;
        }

        @Override
        public Command arrange(Memory workspace, Memory filter, Memory stored) {
            return transform(parts, kernel, shape, shape.k(), filter, stored);
        }

        @Override
        public Products products(boolean alone, Operand images, Operand results) {
            return WinogradFilters.products(parts.products(
                    alone,
                    tiles.products(),
                    images,
                    new Operand(images.columns(), results.columns(), step(), forward),
                    results,
                    false));
        }
    }

    /**
     * In blocks of 64 filters, of which each is the columns of (C, 64) matrices: oneDNN reads those as they are. Only
     * the filters are stored, and each run transforms them, as the matrices are 16 or 36 ninths as large. Where all
     * threads work on a chunk, they transform and multiply one block after the other, so that its matrices stay in a
     * cache.
     */
    record InBlocks(Parts parts, String kernel, ConvolutionShape shape, WinogradTiles tiles)
            implements WinogradFilters {

        /** Filters of a block. */
        private static final int BLOCK = 64;

        /** Weights start that many floats behind a multiple of 4096 bytes, each in another set of the cache. */
        private static final int SHIFT = 32;

        static boolean fits(ConvolutionShape shape) {
            return shape.k() % BLOCK == 0;
        }

        private int elements() {
            return BLOCK * shape.c();
        }

        private int blocks() {
            return shape.k() / BLOCK;
        }

        /** Floats from a weight to the next. */
        private int weight() {
            return elements() + SHIFT;
        }

        /** Floats from a matrix of a block to the next. */
        private int step() {
            return WinogradTiles.step(shape.c(), BLOCK);
        }

        private long storedBytes() {
            return Float.BYTES * 9L * weight();
        }

        @Override
        public long bytes() {
            return blocks() * storedBytes();
        }

        @Override
        public long workspaceBytes() {
            return 0;
        }

        @Override
        public Command arrange(Memory workspace, Memory filter, Memory stored) {
            int all = blocks() * elements();
            return parts.launcher()
                    .of(
                            "winograd_filter_in_blocks",
                            all,
                            filter,
                            stored,
                            all,
                            weight(),
                            shape.c(),
                            Divisor.of(shape.c()));
        }

        /** Whether there are matrices of all blocks at a time. */
        private boolean isWhole() {
            return tiles.lanes() > 1;
        }

        @Override
        public long matrixBytes() {
            return tiles.matrices(step()) * (isWhole() ? blocks() : 1);
        }

        private Memory matrices(int block, Memory all) {
            long bytes = tiles.matrices(step());
            return all.slice(isWhole() ? block * bytes : 0, bytes);
        }

        private Command transform(int block, Memory stored, Memory all) {
            return parts.launcher()
                    .of(
                            kernel,
                            elements(),
                            stored.slice(block * storedBytes(), storedBytes()),
                            matrices(block, all),
                            elements(),
                            step(),
                            weight());
        }

        @Override
        public void begin(Memory stored, Memory all, Consumer<Command> commands) {
            for (int block = 0; block < blocks() && isWhole(); block++) {
                commands.accept(transform(block, stored, all));
            }
        }

        @Override
        public Products products(boolean alone, Operand images, Operand results) {
            Primitive primitive = parts.products(
                    alone,
                    tiles.products(),
                    images,
                    new Operand(shape.c(), BLOCK, step(), false),
                    new Operand(results.rows(), BLOCK, results.step(), false).inRowsOf(results.columns()),
                    false);
            return new Products(primitive.workspaceBytes(), (workspace, stored, all, from, to, commands) -> {
                for (int block = 0; block < blocks(); block++) {
                    if (!isWhole()) {
                        commands.accept(transform(block, stored, all));
                    }
                    long skipped = (long) Float.BYTES * BLOCK * block;
                    commands.accept(primitive.bind(
                            workspace, from, matrices(block, all), to.slice(skipped, to.bytes() - skipped)));
                }
            });
        }
    }

    /** In the layout that is fastest; for filters that are transformed once. */
    record Arranged(Parts parts, String kernel, ConvolutionShape shape, WinogradTiles tiles, ArrangedMatrices matrices)
            implements WinogradFilters {

        /** Bytes of the filters that are transformed at a time. */
        private long transformedBytes() {
            return tiles.matrices(WinogradTiles.step(matrices.columns(), shape.c()));
        }

        private OneDnnSequence arrange(int first) {
            return matrices.arrange(first, WinogradTiles.step(matrices.columns(), shape.c()));
        }

        @Override
        public long bytes() {
            return matrices.bytes();
        }

        @Override
        public long workspaceBytes() {
            return transformedBytes() + arrange(0).workspaceBytes();
        }

        @Override
        public Command arrange(Memory workspace, Memory filter, Memory stored) {
            Memory transformed = workspace.slice(0, transformedBytes());
            Memory rest = workspace.slice(transformedBytes(), workspace.bytes() - transformedBytes());
            int count = matrices.columns();
            long bytes = (long) Float.BYTES * 9 * shape.c();
            List<Command> commands = new ArrayList<>();
            Resources made = new Resources();
            try {
                for (int first = 0; first < shape.k(); first += count) {
                    Memory some = filter.slice(first * bytes, count * bytes);
                    commands.add(made.add(transform(parts, kernel, shape, count, some, transformed)));
                    commands.add(made.add(arrange(first).bind(rest, transformed, stored)));
                }
            } catch (RuntimeException | Error problem) {
                made.closeAfter(problem);
                throw problem;
            }
            return new CommandSequence("arrange_filters", commands);
        }

        @Override
        public Products products(boolean alone, Operand images, Operand results) {
            return WinogradFilters.products(parts.products(alone, images, matrices, results));
        }
    }
}
