package tandem.engine.dnn;

import java.util.List;
import tandem.engine.BatchNormArguments;
import tandem.engine.Command;
import tandem.engine.Dnn.BatchNormShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.KernelArguments;
import tandem.engine.Memory;
import tandem.engine.memory.CommandSequence;

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
    private final ChannelWalk walk;
    private final int c;
    private final float slope;

    /** Made with {@code walk} over the image of {@code shape}. */
    public BatchNormKernels(Launcher launches, BatchNormShape shape, ChannelWalk walk) {
        this.launches = launches;
        this.shape = shape;
        this.walk = walk;
        this.c = shape.c();
        this.slope = shape.activation().slope();
    }

    /** What the kernels that finish partial sums take. */
    private record Sizes(int rows, int channels, int chunks) implements KernelArguments {}

    private record Moments(
            Memory partials,
            Memory gamma,
            Memory mean,
            Memory variance,
            Memory scale,
            Sizes sizes,
            int rowsPerChunk,
            float epsilon)
            implements KernelArguments {}

    private record Apply(
            Memory x,
            Memory mean,
            Memory scale,
            Memory beta,
            Memory residual,
            Memory y,
            KernelArguments walk,
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
            KernelArguments walk,
            int source,
            float slope)
            implements KernelArguments {}

    private record GradientFinish(
            Memory partials,
            Memory variance,
            Memory dGamma,
            Memory dBeta,
            Memory coefficients,
            Sizes sizes,
            float epsilon)
            implements KernelArguments {}

    private record GradientApply(
            Memory x,
            Memory dy,
            Memory mean,
            Memory beta,
            Memory coefficients,
            Memory dx,
            KernelArguments walk,
            int source,
            float slope)
            implements KernelArguments {}

    private Sizes sizes() {
        return new Sizes(walk.rows(), c, walk.chunks());
    }

    private String kernel(String name) {
        return shape.type().kernel(walk.kernel(name));
    }

    /** Bytes of {@code count} partial results of each chunk and channel. */
    private long partialBytes(int count) {
        return Memory.aligned(4L * count * walk.chunks() * c);
    }

    /** Bytes of one vector of C floats, aligned. */
    private long vectorBytes() {
        return Memory.aligned(4L * c);
    }

    private Memory residual(Memory given) {
        return shape.residual() ? given : Memory.NONE;
    }

    /** Takes {@link BatchNormArguments.Forward}. */
    public Primitive forward() {
        long partialBytes = partialBytes(3);
        return new CommandPrimitive(
                "batch_norm_forward",
                BatchNormArguments.Forward.COUNT,
                partialBytes + vectorBytes(),
                (workspace, memories) -> {
                    BatchNormArguments.Forward<Memory> a = BatchNormArguments.Forward.of(List.of(memories));
                    Memory partials = workspace.slice(0, partialBytes);
                    Memory scale = workspace.slice(partialBytes, 4L * c);
                    return new CommandSequence(
                            "batch_norm_forward",
                            List.of(
                                    launches.of(
                                            kernel("batch_norm_statistics"),
                                            walk.partialGrid(),
                                            a.x(),
                                            partials,
                                            walk.partialWalk()),
                                    launches.of(
                                            walk.finishKernel("batch_norm_moments"),
                                            walk.finishGrid(),
                                            new Moments(
                                                    partials,
                                                    a.gamma(),
                                                    a.mean(),
                                                    a.variance(),
                                                    scale,
                                                    sizes(),
                                                    walk.rowsPerChunk(),
                                                    shape.epsilon())),
                                    apply(a.x(), a.mean(), scale, a.beta(), residual(a.residual()), a.y())));
                });
    }

    private Command apply(Memory x, Memory mean, Memory scale, Memory beta, Memory residual, Memory y) {
        return launches.of(
                kernel("batch_norm_apply"),
                walk.elementGrid(),
                new Apply(x, mean, scale, beta, residual, y, walk.elementWalk(), slope));
    }

    /** Takes {@link BatchNormArguments.Inference}. */
    public Primitive inference() {
        return new CommandPrimitive(
                "batch_norm_inference", BatchNormArguments.Inference.COUNT, vectorBytes(), (workspace, memories) -> {
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
        long partialBytes = partialBytes(2);
        return new CommandPrimitive(
                "batch_norm_backward",
                BatchNormArguments.Backward.COUNT,
                partialBytes + Memory.aligned(12L * c),
                (workspace, memories) -> {
                    BatchNormArguments.Backward<Memory> a = BatchNormArguments.Backward.of(List.of(memories));
                    Memory partials = workspace.slice(0, partialBytes);
                    Memory coefficients = workspace.slice(partialBytes, 12L * c);
                    Memory masked = source == FROM_OUTPUT ? a.dResidual() : Memory.NONE;
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
                                            walk.partialGrid(),
                                            new GradientSums(
                                                    a.x(),
                                                    a.y(),
                                                    a.dy(),
                                                    a.mean(),
                                                    coefficients,
                                                    a.beta(),
                                                    masked,
                                                    partials,
                                                    walk.partialWalk(),
                                                    source,
                                                    slope)),
                                    launches.of(
                                            walk.finishKernel("batch_norm_gradient_finish"),
                                            walk.finishGrid(),
                                            new GradientFinish(
                                                    partials,
                                                    a.variance(),
                                                    a.dGamma(),
                                                    a.dBeta(),
                                                    coefficients,
                                                    sizes(),
                                                    shape.epsilon())),
                                    launches.of(
                                            kernel("batch_norm_gradient_apply"),
                                            walk.elementGrid(),
                                            new GradientApply(
                                                    a.x(),
                                                    source == FROM_OUTPUT ? masked : a.dy(),
                                                    a.mean(),
                                                    a.beta(),
                                                    coefficients,
                                                    a.dx(),
                                                    walk.elementWalk(),
                                                    source,
                                                    slope))));
                });
    }
}
