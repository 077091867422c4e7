package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Command;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.engine.cpu.OneDnnProducts.Operand;
import tandem.engine.cpu.WinogradConvolution.Parts;
import tandem.engine.memory.CommandSequence;
import tandem.engine.operation.Divisor;

/** The transformed filters of a Winograd convolution, and the products with them. */
interface WinogradFilters {

    /** Bytes of all matrices. */
    long bytes();

    /** Scratch bytes of the transform. */
    long workspaceBytes();

    /** Transforms {@code filter}, (K, 3, 3, C). */
    Command transform(Memory workspace, Memory filter, Memory matrices);

    /**
     * Products with all matrices.
     *
     * @param alone whether one thread computes them
     * @param tiles (tiles, C), or (tiles, K) for a gradient
     * @param results (tiles, K), or (tiles, C) for a gradient
     */
    Primitive products(boolean alone, Operand tiles, Operand results);

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
        public Command transform(Memory workspace, Memory filter, Memory matrices) {
            return WinogradFilters.transform(parts, kernel, shape, shape.k(), filter, matrices);
        }

        @Override
        public Primitive products(boolean alone, Operand images, Operand results) {
            return parts.products(
                    alone,
                    tiles.products(),
                    images,
                    new Operand(images.columns(), results.columns(), step(), forward),
                    results,
                    false);
        }
    }

    /** In the layout that is fastest; for filters that are transformed once. */
    record Arranged(Parts parts, String kernel, ConvolutionShape shape, WinogradTiles tiles, ArrangedMatrices matrices)
            implements WinogradFilters {

        static Arranged of(Parts parts, String kernel, ConvolutionShape shape, WinogradTiles tiles) {
            return new Arranged(
                    parts, kernel, shape, tiles, parts.arranged(tiles.products(), tiles.chunk(), shape.c(), shape.k()));
        }

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
        public Command transform(Memory workspace, Memory filter, Memory all) {
            Memory transformed = workspace.slice(0, transformedBytes());
            Memory rest = workspace.slice(transformedBytes(), workspace.bytes() - transformedBytes());
            int count = matrices.columns();
            long bytes = (long) Float.BYTES * 9 * shape.c();
            List<Command> commands = new ArrayList<>();
            Resources made = new Resources();
            try {
                for (int first = 0; first < shape.k(); first += count) {
                    Memory some = filter.slice(first * bytes, count * bytes);
                    commands.add(made.add(WinogradFilters.transform(parts, kernel, shape, count, some, transformed)));
                    commands.add(made.add(arrange(first).bind(rest, transformed, all)));
                }
            } catch (RuntimeException | Error problem) {
                made.closeAfter(problem);
                throw problem;
            }
            return new CommandSequence("arrange_filters", commands);
        }

        @Override
        public Primitive products(boolean alone, Operand images, Operand results) {
            return parts.products(alone, images, matrices, results);
        }
    }
}
