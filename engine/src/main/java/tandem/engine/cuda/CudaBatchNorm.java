package tandem.engine.cuda;

import java.util.List;
import tandem.engine.BatchNormArguments;
import tandem.engine.Dnn.BatchNormShape;
import tandem.engine.Dnn.Primitive;
import tandem.engine.Memory;
import tandem.engine.memory.CommandSequence;
import tandem.engine.operation.Divisor;

/**
 * Batch normalization with residual and activation as kernels of this project: one pass over x for the statistics and
 * one to apply them; backwards one pass for the sums and one for dx. No bits are kept for the backward pass: the sign
 * before the activation is computed again, or read from y where a residual was added.
 */
final class CudaBatchNorm {

    private static final int PLAIN = 0;
    private static final int RECOMPUTED = 1;
    private static final int FROM_OUTPUT = 2;

    private final KernelLaunches launches;
    private final BatchNormShape shape;
    private final ChannelRows rows;
    private final int c;
    private final float slope;

    CudaBatchNorm(KernelLaunches launches, BatchNormShape shape) {
        this.launches = launches;
        this.shape = shape;
        this.rows = ChannelRows.of(shape);
        this.c = shape.c();
        this.slope = shape.activation().slope();
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
    Primitive forward() {
        long partialBytes = partialBytes();
        return new CudaPrimitive("batch_norm_forward", 8, partialBytes + rows.vectorBytes(), (workspace, memories) -> {
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
                                    rows.rows(),
                                    rows.vectors(),
                                    rows.laneShift(),
                                    rows.rowsPerChunk()),
                            launches.of(
                                    shape.type().kernel("batch_norm_moments"),
                                    rows.finishGrid(),
                                    a.x(),
                                    partials,
                                    a.gamma(),
                                    a.mean(),
                                    a.variance(),
                                    scale,
                                    rows.rows(),
                                    c,
                                    rows.chunks(),
                                    shape.epsilon()),
                            apply(a.x(), a.mean(), scale, a.beta(), residual(a.residual()), a.y())));
        });
    }

    private CudaLaunch apply(Memory x, Memory mean, Memory scale, Memory beta, Memory residual, Memory y) {
        Divisor divisor = rows.divisor();
        return launches.of(
                kernel("batch_norm_apply"),
                rows.threads(),
                x,
                mean,
                scale,
                beta,
                residual,
                y,
                rows.threads(),
                rows.vectors(),
                divisor,
                slope);
    }

    /** Takes {@link BatchNormArguments.Inference}. */
    Primitive inference() {
        return new CudaPrimitive("batch_norm_inference", 7, rows.vectorBytes(), (workspace, memories) -> {
            BatchNormArguments.Inference<Memory> a = BatchNormArguments.Inference.of(List.of(memories));
            Memory scale = workspace.slice(0, 4L * c);
            return new CommandSequence(
                    "batch_norm_inference",
                    List.of(
                            launches.of("batch_norm_scale", c, a.gamma(), a.variance(), scale, shape.epsilon(), c),
                            apply(a.x(), a.mean(), scale, a.beta(), residual(a.residual()), a.y())));
        });
    }

    /** Takes {@link BatchNormArguments.Backward}. */
    Primitive backward() {
        int source = !shape.activation().present() ? PLAIN : shape.residual() ? FROM_OUTPUT : RECOMPUTED;
        long partialBytes = partialBytes();
        return new CudaPrimitive(
                "batch_norm_backward", 12, partialBytes + Memory.aligned(12L * c), (workspace, memories) -> {
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
                                            a.x(),
                                            a.y(),
                                            a.dy(),
                                            a.mean(),
                                            coefficients,
                                            a.beta(),
                                            masked,
                                            partials,
                                            rows.rows(),
                                            rows.vectors(),
                                            rows.laneShift(),
                                            rows.rowsPerChunk(),
                                            source,
                                            slope),
                                    launches.of(
                                            "batch_norm_gradient_finish",
                                            rows.finishGrid(),
                                            partials,
                                            a.variance(),
                                            a.dGamma(),
                                            a.dBeta(),
                                            coefficients,
                                            rows.rows(),
                                            c,
                                            rows.chunks(),
                                            shape.epsilon()),
                                    launches.of(
                                            kernel("batch_norm_gradient_apply"),
                                            rows.threads(),
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
                                            slope)));
                });
    }
}
