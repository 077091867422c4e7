package tandem.engine.cpu;

import static tandem.engine.cpu.NativeMemory.UNSAFE;

import java.util.List;
import tandem.engine.BatchNormArguments;
import tandem.engine.Dnn.BatchNormShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;
import tandem.engine.cpu.TileScratch.Parameters;
import tandem.engine.dnn.CommandPrimitive;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;

/**
 * Batch normalization of one shape with residual and activation, in FLOAT32: one pass over x for the statistics and one
 * to apply them; backwards one pass for the sums and one for dx. Sums are of values minus the first row, so a constant
 * channel has variance 0. The formulas are those of {@link tandem.engine.dnn.BatchNormKernels}, which a processor would
 * run as scalar instructions; here tiles are copied into arrays of the Java heap, where the loops of {@link TileLoops}
 * become vector instructions.
 */
final class CpuBatchNorm {

    private final WorkerPool pool;
    private final Allocations allocations;
    private final BatchNormShape shape;
    private final ChannelTiles tiles;
    private final int c;
    private final float slope;

    CpuBatchNorm(WorkerPool pool, Allocations allocations, BatchNormShape shape) {
        this.pool = pool;
        this.allocations = allocations;
        this.shape = shape;
        this.tiles = ChannelTiles.of(shape);
        this.c = shape.c();
        this.slope = shape.activation().slope();
    }

    private static float get(Memory vector, int i) {
        return UNSAFE.getFloat(vector.address() + 4L * i);
    }

    private static void set(Memory vector, int i, float value) {
        UNSAFE.putFloat(vector.address() + 4L * i, value);
    }

    private void requireImages(String name, Memory... memories) {
        require(name, 4 * shape.elements(), memories);
    }

    private void requireVectors(String name, Memory... memories) {
        require(name, 4L * c, memories);
    }

    private static void require(String name, long bytes, Memory... memories) {
        for (Memory memory : memories) {
            if (memory.bytes() < bytes) {
                throw new IllegalArgumentException(
                        "an argument of " + name + " has " + memory.bytes() + " bytes, but " + bytes + " are needed");
            }
        }
    }

    /** Takes {@link BatchNormArguments.Forward}. */
    Primitive forward() {
        return new CommandPrimitive(
                "batch_norm_forward",
                BatchNormArguments.Forward.COUNT,
                tiles.partialBytes(),
                (workspace, a) -> new Forward(workspace, BatchNormArguments.Forward.of(List.of(a))));
    }

    /** Takes {@link BatchNormArguments.Inference}. */
    Primitive inference() {
        return new CommandPrimitive(
                "batch_norm_inference",
                BatchNormArguments.Inference.COUNT,
                0,
                (workspace, a) -> new Inference(BatchNormArguments.Inference.of(List.of(a))));
    }

    /** Takes {@link BatchNormArguments.Backward}. */
    Primitive backward() {
        return new CommandPrimitive(
                "batch_norm_backward",
                BatchNormArguments.Backward.COUNT,
                tiles.partialBytes(),
                (workspace, a) -> new Backward(workspace, BatchNormArguments.Backward.of(List.of(a))));
    }

    /** y = leaky((x - mean) gamma / sqrt(variance + epsilon) + beta + residual). */
    private final class Inference extends BufferCommand {

        private final BatchNormArguments.Inference<Memory> a;
        private final Parameters parameters = Parameters.of(tiles.elements());
        private final SharedWork work;

        Inference(BatchNormArguments.Inference<Memory> a) {
            super("batch_norm_inference", allocations, a.list());
            requireImages(name(), a.x(), a.y());
            requireVectors(name(), a.gamma(), a.beta(), a.mean(), a.variance());
            if (shape.residual()) {
                requireImages(name(), a.residual());
            }
            this.a = a;
            this.work = tiles.each(pool, parameters, this::normalize);
        }

        private void normalize(TileScratch scratch, long offset, int n) {
            Parameters p = scratch.parameters();
            ChannelTiles.read(a.x().address() + offset, scratch.x, n);
            if (shape.residual()) {
                ChannelTiles.read(a.residual().address() + offset, scratch.other, n);
                TileLoops.normalize(scratch.x, p.center(), p.scale(), p.shift(), scratch.other, slope, n);
            } else {
                TileLoops.normalize(scratch.x, p.center(), p.scale(), p.shift(), slope, n);
            }
            ChannelTiles.write(scratch.x, a.y().address() + offset, n);
        }

        @Override
        protected void execute() {
            setNormalization(parameters, a.mean(), a.variance(), a.gamma(), a.beta());
            work.run();
        }
    }

    private void setNormalization(Parameters parameters, Memory mean, Memory variance, Memory gamma, Memory beta) {
        for (int i = 0; i < c; i++) {
            parameters.center()[i] = get(mean, i);
            parameters.scale()[i] = get(gamma, i) / (float) Math.sqrt(get(variance, i) + shape.epsilon());
            parameters.shift()[i] = get(beta, i);
        }
        tiles.repeat(parameters.center());
        tiles.repeat(parameters.scale());
        tiles.repeat(parameters.shift());
    }

    /** Mean and biased variance of the batch, then the same as for inference. */
    private final class Forward extends BufferCommand {

        private final BatchNormArguments.Forward<Memory> a;
        private final Memory partials;
        /** With the first row as the center. */
        private final Parameters parameters = Parameters.of(tiles.elements());

        private final SharedWork moments;
        private final Inference application;

        Forward(Memory workspace, BatchNormArguments.Forward<Memory> a) {
            super("batch_norm_forward", allocations, a.list());
            this.a = a;
            this.partials = workspace;
            this.moments = tiles.sums(pool, parameters, partials, this::addMoments);
            this.application = new Inference(new BatchNormArguments.Inference<>(
                    a.x(), a.gamma(), a.beta(), a.mean(), a.variance(), a.residual(), a.y()));
        }

        private void addMoments(TileScratch scratch, long offset, int n) {
            ChannelTiles.read(a.x().address() + offset, scratch.x, n);
            TileLoops.addMoments(scratch.x, scratch.parameters().center(), scratch.first, scratch.second, n);
        }

        @Override
        protected void execute() {
            float[] origin = parameters.center();
            ChannelTiles.read(a.x().address(), origin, c);
            tiles.repeat(origin);
            moments.run();
            for (int i = 0; i < c; i++) {
                double offset = tiles.sum(partials, 0, i) / tiles.rows();
                double variance = tiles.sum(partials, 1, i) / tiles.rows() - offset * offset;
                set(a.mean(), i, (float) (origin[i] + offset));
                set(a.variance(), i, variance < 0 ? 0f : (float) variance);
            }
            application.execute();
        }
    }

    /**
     * With g = dy behind the activation and s = 1 / sqrt(variance + epsilon): dbeta = sum g, dgamma = s sum g (x -
     * mean), dx = gamma s (g - dbeta / rows - (x - mean) s^2 sum g (x - mean) / rows).
     */
    private final class Backward extends BufferCommand {

        private final BatchNormArguments.Backward<Memory> a;
        private final Memory partials;
        private final Parameters parameters = Parameters.of(tiles.elements());
        private final boolean recomputed = shape.activation().present() && !shape.residual();
        private final boolean fromOutput = shape.activation().present() && shape.residual();
        /** Where g lies between the passes. */
        private final Memory masked;

        private final SharedWork sums;
        private final SharedWork application;

        Backward(Memory workspace, BatchNormArguments.Backward<Memory> a) {
            super("batch_norm_backward", allocations, a.list());
            requireImages(name(), a.x(), a.dy(), a.dx());
            requireVectors(name(), a.gamma(), a.beta(), a.mean(), a.variance(), a.dGamma(), a.dBeta());
            if (fromOutput) {
                requireImages(name(), a.y(), a.dResidual());
            }
            this.a = a;
            this.partials = workspace;
            this.masked = fromOutput ? a.dResidual() : recomputed ? a.dx() : a.dy();
            this.sums = tiles.sums(pool, parameters, partials, this::addGradients);
            this.application = tiles.each(pool, parameters, this::differentiate);
        }

        private void addGradients(TileScratch scratch, long offset, int n) {
            Parameters p = scratch.parameters();
            ChannelTiles.read(a.dy().address() + offset, scratch.other, n);
            if (fromOutput) {
                ChannelTiles.read(a.y().address() + offset, scratch.x, n);
                TileLoops.mask(scratch.other, scratch.x, slope, n);
                ChannelTiles.write(scratch.other, masked.address() + offset, n);
            }
            ChannelTiles.read(a.x().address() + offset, scratch.x, n);
            if (recomputed) {
                TileLoops.mask(scratch.other, scratch.x, p.center(), p.scale(), p.shift(), slope, n);
                ChannelTiles.write(scratch.other, masked.address() + offset, n);
            }
            TileLoops.addGradients(scratch.other, scratch.x, p.center(), scratch.first, scratch.second, n);
        }

        private void differentiate(TileScratch scratch, long offset, int n) {
            Parameters p = scratch.parameters();
            ChannelTiles.read(masked.address() + offset, scratch.other, n);
            ChannelTiles.read(a.x().address() + offset, scratch.x, n);
            TileLoops.differentiate(scratch.other, scratch.x, p.center(), p.scale(), p.linear(), p.constant(), n);
            ChannelTiles.write(scratch.other, a.dx().address() + offset, n);
        }

        @Override
        protected void execute() {
            setNormalization(parameters, a.mean(), a.variance(), a.gamma(), a.beta());
            sums.run();
            for (int i = 0; i < c; i++) {
                double s = 1 / Math.sqrt(get(a.variance(), i) + shape.epsilon());
                double sum = tiles.sum(partials, 0, i);
                double product = tiles.sum(partials, 1, i);
                set(a.dBeta(), i, (float) sum);
                set(a.dGamma(), i, (float) (s * product));
                parameters.constant()[i] = (float) (-parameters.scale()[i] * sum / tiles.rows());
                parameters.linear()[i] = (float) (-parameters.scale()[i] * s * s * product / tiles.rows());
            }
            tiles.repeat(parameters.constant());
            tiles.repeat(parameters.linear());
            application.run();
        }
    }
}
