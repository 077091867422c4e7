package tandem.engine.dnn;

import java.util.List;
import tandem.engine.BatchNormArguments;
import tandem.engine.Command;
import tandem.engine.Dnn.BatchNormShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.KernelArguments;
import tandem.engine.Memory;
import tandem.engine.memory.CommandSequence;
import tandem.engine.operation.Divisor;

/**
 * Batch normalization with residual and activation as kernels of this project: one pass over x for the statistics and
 * one to apply them; backwards one pass for the sums and one for dx. No bits are kept for the backward pass: the sign
 * before the activation is computed again, or read from y where a residual was added.
 */
public final class BatchNormKernels {

    private static final int PLAIN = 0;
    private static final int RECOMPUTED = 1;
    private static final int FROM_OUTPUT = 2;

    private final Launcher launches;
    private final BatchNormShape shape;
    private final ChannelRows rows;
    private final int c;
    private final float slope;

    public BatchNormKernels(Launcher launches, BatchNormShape shape) {
        this.launches = launches;
        this.shape = shape;
        this.rows = ChannelRows.of(shape);
        this.c = shape.c();
        this.slope = shape.activation().slope();
    }

    /** What the kernels of partial sums take of {@link ChannelRows}. */
    private record Walk(int rows, int vectors, int laneShift, int rowsPerChunk) implements KernelArguments {}

    /** What the kernels that finish them take. */
    private record Sizes(int rows, int channels, int chunks, float epsilon) implements KernelArguments {}

    private record Moments(
            Memory x, Memory partials, Memory gamma, Memory mean, Memory variance, Memory scale, Sizes sizes)
            implements KernelArguments {}

    private record Apply(
            Memory x,
            Memory mean,
            Memory scale,
            Memory beta,
            Memory residual,
            Memory y,
            int threads,
            int vectors,
            Divisor byVectors,
            float slope)
            implements KernelArguments {}

    private record GradientSums(
            Memory x,
            Memory y,
            Memory dy,
            Memory mean,
            Memory scale,
            Memory beta,
            Memory masked,
            Memory partials,
            Walk walk,
            int source,
            float slope)
            implements KernelArguments {}

    private record GradientFinish(
            Memory partials, Memory variance, Memory dGamma, Memory dBeta, Memory coefficients, Sizes sizes)
            implements KernelArguments {}

    private record GradientApply(
            Memory x,
            Memory dy,
            Memory mean,
            Memory beta,
            Memory coefficients,
            Memory dx,
            int threads,
            int vectors,
            Divisor byVectors,
            int source,
            float slope)
            implements KernelArguments {}

    private Walk walk() {
        return new Walk(rows.rows(), rows.vectors(), rows.laneShift(), rows.rowsPerChunk());
    }

    private Sizes sizes() {
        return new Sizes(rows.rows(), c, rows.chunks(), shape.epsilon());
    }

    private String kernel(String name) {
        return shape.type().kernel(rows.kernel(name));
    }

    private long partialBytes() {
        return Memory.aligned(8L * rows.chunks() * c);
    }

    private Memory residual(Memory given) {
        return shape.residual() ? given : Memory.NONE;
    }

    /** Takes {@link BatchNormArguments.Forward}. */
    public Primitive forward() {
        long partialBytes = partialBytes();
        return new CommandPrimitive(
                "batch_norm_forward",
                BatchNormArguments.Forward.COUNT,
                partialBytes + rows.vectorBytes(),
                (workspace, memories) -> {
                    BatchNormArguments.Forward<Memory> a = BatchNormArguments.Forward.of(List.of(memories));
                    Memory partials = workspace.slice(0, partialBytes);
                    Memory scale = workspace.slice(partialBytes, 4L * c);
                    return new CommandSequence(
                            "batch_norm_forward",
                            List.of(
                                    launches.of(
                                            kernel("batch_norm_statistics"),
                                            rows.partialGrid(),
                                            a.x(),
                                            partials,
                                            walk()),
                                    launches.of(
                                            shape.type().kernel("batch_norm_moments"),
                                            rows.finishGrid(),
                                            new Moments(
                                                    a.x(),
                                                    partials,
                                                    a.gamma(),
                                                    a.mean(),
                                                    a.variance(),
                                                    scale,
                                                    sizes())),
                                    apply(a.x(), a.mean(), scale, a.beta(), residual(a.residual()), a.y())));
                });
    }

    private Command apply(Memory x, Memory mean, Memory scale, Memory beta, Memory residual, Memory y) {
        Divisor divisor = rows.divisor();
        return launches.of(
                kernel("batch_norm_apply"),
                rows.threads(),
                new Apply(x, mean, scale, beta, residual, y, rows.threads(), rows.vectors(), divisor, slope));
    }

    /** Takes {@link BatchNormArguments.Inference}. */
    public Primitive inference() {
        return new CommandPrimitive(
                "batch_norm_inference",
                BatchNormArguments.Inference.COUNT,
                rows.vectorBytes(),
                (workspace, memories) -> {
                    BatchNormArguments.Inference<Memory> a = BatchNormArguments.Inference.of(List.of(memories));
                    Memory scale = workspace.slice(0, 4L * c);
                    return new CommandSequence(
                            "batch_norm_inference",
                            List.of(
                                    launches.of(
                                            "batch_norm_scale", c, a.gamma(), a.variance(), scale, shape.epsilon(), c),
                                    apply(a.x(), a.mean(), scale, a.beta(), residual(a.residual()), a.y())));
                });
    }

    /** Takes {@link BatchNormArguments.Backward}. */
    public Primitive backward() {
        int source = !shape.activation().present() ? PLAIN : shape.residual() ? FROM_OUTPUT : RECOMPUTED;
        long partialBytes = partialBytes();
        return new CommandPrimitive(
                "batch_norm_backward",
                BatchNormArguments.Backward.COUNT,
                partialBytes + Memory.aligned(12L * c),
                (workspace, memories) -> {
                    BatchNormArguments.Backward<Memory> a = BatchNormArguments.Backward.of(List.of(memories));
                    Memory partials = workspace.slice(0, partialBytes);
                    Memory coefficients = workspace.slice(partialBytes, 12L * c);
                    Memory masked = source == FROM_OUTPUT ? a.dResidual() : Memory.NONE;
                    Divisor divisor = rows.divisor();
                    return new CommandSequence(
                            "batch_norm_backward",
                            List.of(
                                    launches.of(
                                            "batch_norm_scale",
                                            c,
                                            a.gamma(),
                                            a.variance(),
                                            coefficients,
                                            shape.epsilon(),
                                            c),
                                    launches.of(
                                            kernel("batch_norm_gradient_sums"),
                                            rows.partialGrid(),
                                            new GradientSums(
                                                    a.x(),
                                                    a.y(),
                                                    a.dy(),
                                                    a.mean(),
                                                    coefficients,
                                                    a.beta(),
                                                    masked,
                                                    partials,
                                                    walk(),
                                                    source,
                                                    slope)),
                                    launches.of(
                                            "batch_norm_gradient_finish",
                                            rows.finishGrid(),
                                            new GradientFinish(
                                                    partials,
                                                    a.variance(),
                                                    a.dGamma(),
                                                    a.dBeta(),
                                                    coefficients,
                                                    sizes())),
                                    launches.of(
                                            kernel("batch_norm_gradient_apply"),
                                            rows.threads(),
                                            new GradientApply(
                                                    a.x(),
                                                    source == FROM_OUTPUT ? masked : a.dy(),
                                                    a.mean(),
                                                    a.beta(),
                                                    coefficients,
                                                    a.dx(),
                                                    rows.threads(),
                                                    rows.vectors(),
                                                    divisor,
                                                    source,
                                                    slope))));
                });
    }
}
