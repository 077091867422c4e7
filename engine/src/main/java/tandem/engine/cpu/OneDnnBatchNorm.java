package tandem.engine.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.BatchNormArguments;
import tandem.engine.Dnn.BatchNormShape;
import tandem.engine.memory.Allocations;

/**
 * Batch normalization of one shape. oneDNN fuses ReLU into it and keeps one bit an element for the backward pass (one
 * byte where the channels are no multiple of its vectors; it is not fused then). A residual or another slope takes a
 * pass of its own over y, which the backward pass then reads the sign of.
 */
final class OneDnnBatchNorm {

    private final OneDnn library;
    private final Allocations allocations;
    private final BatchNormShape shape;
    private final dnnl_memory_desc image;
    private final dnnl_memory_desc channels;
    private final boolean fused;
    private final boolean separate;

    OneDnnBatchNorm(OneDnn library, Allocations allocations, BatchNormShape shape) {
        this.library = library;
        this.allocations = allocations;
        this.shape = shape;
        this.image = library.image(shape.n(), shape.h(), shape.w(), shape.c());
        this.channels = library.vector(shape.c());
        this.fused = !shape.residual() && shape.activation().slope() == 0 && fusedReserve() <= shape.reserveBytes();
        this.separate = !fused && shape.activation().present();
    }

    private int flags() {
        return dnnl.dnnl_use_scale | dnnl.dnnl_use_shift | (fused ? dnnl.dnnl_fuse_norm_relu : 0);
    }

    private dnnl_primitive_desc describeForward(int propagation, int flags) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
                        description,
                        library.engine(),
                        propagation,
                        image,
                        image,
                        shape.epsilon(),
                        flags,
                        library.attributes()),
                "dnnl_batch_normalization_forward_primitive_desc_create",
                shape);
        return library.own(description);
    }

    private long fusedReserve() {
        int flags = dnnl.dnnl_use_scale | dnnl.dnnl_use_shift | dnnl.dnnl_fuse_norm_relu;
        return OneDnn.bytes(
                OneDnn.layout(describeForward(dnnl.dnnl_forward_training, flags), dnnl.dnnl_query_workspace_md, 0));
    }

    /** Takes {@link BatchNormArguments.Forward}. */
    OneDnnSequence forward() {
        BatchNormArguments.Forward<Integer> at = BatchNormArguments.Forward.POSITIONS;
        dnnl_primitive_desc description = describeForward(dnnl.dnnl_forward_training, flags());
        OneDnnSequence sequence = new OneDnnSequence("batch_norm_forward", 8, shape, library, allocations);
        sequence.step(description)
                .use(dnnl.DNNL_ARG_SRC, image, at.x())
                .use(dnnl.DNNL_ARG_SCALE, channels, at.gamma())
                .use(dnnl.DNNL_ARG_SHIFT, channels, at.beta())
                .use(dnnl.DNNL_ARG_DST, image, at.y())
                .use(dnnl.DNNL_ARG_MEAN, channels, at.mean())
                .use(dnnl.DNNL_ARG_VARIANCE, channels, at.variance());
        if (fused) {
            sequence.use(
                    dnnl.DNNL_ARG_WORKSPACE, OneDnn.layout(description, dnnl.dnnl_query_workspace_md, 0), at.reserve());
        }
        return after(sequence, at.residual(), at.y());
    }

    /** Takes {@link BatchNormArguments.Inference}. */
    OneDnnSequence inference() {
        BatchNormArguments.Inference<Integer> at = BatchNormArguments.Inference.POSITIONS;
        dnnl_primitive_desc description =
                describeForward(dnnl.dnnl_forward_inference, flags() | dnnl.dnnl_use_global_stats);
        OneDnnSequence sequence = new OneDnnSequence("batch_norm_inference", 7, shape, library, allocations);
        sequence.step(description)
                .use(dnnl.DNNL_ARG_SRC, image, at.x())
                .use(dnnl.DNNL_ARG_SCALE, channels, at.gamma())
                .use(dnnl.DNNL_ARG_SHIFT, channels, at.beta())
                .use(dnnl.DNNL_ARG_MEAN, channels, at.mean())
                .use(dnnl.DNNL_ARG_VARIANCE, channels, at.variance())
                .use(dnnl.DNNL_ARG_DST, image, at.y());
        return after(sequence, at.residual(), at.y());
    }

    /** Adds the residual and the activation that could not be fused, in place. */
    private OneDnnSequence after(OneDnnSequence sequence, int residual, int y) {
        if (shape.residual()) {
            dnnl_primitive_attr attributes = library.attributes();
            if (separate) {
                dnnl_post_ops activation = new dnnl_post_ops();
                OneDnn.check(dnnl.dnnl_post_ops_create(activation), "dnnl_post_ops_create", shape);
                library.own(() -> dnnl.dnnl_post_ops_destroy(activation));
                OneDnn.check(
                        dnnl.dnnl_post_ops_append_eltwise(
                                activation,
                                dnnl.dnnl_eltwise_relu,
                                shape.activation().slope(),
                                0),
                        "dnnl_post_ops_append_eltwise",
                        shape);
                OneDnn.check(
                        dnnl.dnnl_primitive_attr_set_post_ops(attributes, activation),
                        "dnnl_primitive_attr_set_post_ops",
                        shape);
            }
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            OneDnn.check(
                    dnnl.dnnl_binary_primitive_desc_create(
                            description, library.engine(), dnnl.dnnl_binary_add, image, image, image, attributes),
                    "dnnl_binary_primitive_desc_create",
                    shape);
            sequence.step(library.own(description))
                    .use(dnnl.DNNL_ARG_SRC_0, image, y)
                    .use(dnnl.DNNL_ARG_SRC_1, image, residual)
                    .use(dnnl.DNNL_ARG_DST, image, y);
        } else if (separate) {
            sequence.step(describeActivation(dnnl.dnnl_eltwise_relu))
                    .use(dnnl.DNNL_ARG_SRC, image, y)
                    .use(dnnl.DNNL_ARG_DST, image, y);
        }
        return sequence;
    }

    private dnnl_primitive_desc describeActivation(int algorithm) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_eltwise_forward_primitive_desc_create(
                        description,
                        library.engine(),
                        dnnl.dnnl_forward_training,
                        algorithm,
                        image,
                        image,
                        shape.activation().slope(),
                        0,
                        library.attributes()),
                "dnnl_eltwise_forward_primitive_desc_create",
                shape);
        return library.own(description);
    }

    /** Takes {@link BatchNormArguments.Backward}. */
    OneDnnSequence backward() {
        BatchNormArguments.Backward<Integer> at = BatchNormArguments.Backward.POSITIONS;
        OneDnnSequence sequence = new OneDnnSequence("batch_norm_backward", 12, shape, library, allocations);
        int upstream = at.dy();
        if (separate) {
            upstream = shape.residual() ? at.dResidual() : at.dx();
            activationBackward(sequence, upstream);
        } else if (shape.residual()) {
            dnnl_primitive_desc copy = new dnnl_primitive_desc();
            OneDnn.check(
                    dnnl.dnnl_reorder_primitive_desc_create(
                            copy, image, library.engine(), image, library.engine(), library.attributes()),
                    "dnnl_reorder_primitive_desc_create",
                    shape);
            sequence.step(library.own(copy))
                    .use(dnnl.DNNL_ARG_FROM, image, at.dy())
                    .use(dnnl.DNNL_ARG_TO, image, at.dResidual());
        }
        dnnl_primitive_desc forward = describeForward(dnnl.dnnl_forward_training, flags());
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_batch_normalization_backward_primitive_desc_create(
                        description,
                        library.engine(),
                        dnnl.dnnl_backward,
                        image,
                        image,
                        image,
                        shape.epsilon(),
                        flags(),
                        forward,
                        library.attributes()),
                "dnnl_batch_normalization_backward_primitive_desc_create",
                shape);
        sequence.step(library.own(description))
                .use(dnnl.DNNL_ARG_SRC, image, at.x())
                .use(dnnl.DNNL_ARG_DIFF_DST, image, upstream)
                .use(dnnl.DNNL_ARG_SCALE, channels, at.gamma())
                .use(dnnl.DNNL_ARG_MEAN, channels, at.mean())
                .use(dnnl.DNNL_ARG_VARIANCE, channels, at.variance())
                .use(dnnl.DNNL_ARG_DIFF_SRC, image, at.dx())
                .use(dnnl.DNNL_ARG_DIFF_SCALE, channels, at.dGamma())
                .use(dnnl.DNNL_ARG_DIFF_SHIFT, channels, at.dBeta());
        if (fused) {
            sequence.use(
                    dnnl.DNNL_ARG_WORKSPACE, OneDnn.layout(forward, dnnl.dnnl_query_workspace_md, 0), at.reserve());
        }
        return sequence;
    }

    /** The gradient before the activation, from the sign of y: a positive slope keeps the sign of its input. */
    private void activationBackward(OneDnnSequence sequence, int destination) {
        BatchNormArguments.Backward<Integer> at = BatchNormArguments.Backward.POSITIONS;
        int algorithm = dnnl.dnnl_eltwise_relu_use_dst_for_bwd;
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_eltwise_backward_primitive_desc_create(
                        description,
                        library.engine(),
                        algorithm,
                        image,
                        image,
                        image,
                        shape.activation().slope(),
                        0,
                        describeActivation(algorithm),
                        library.attributes()),
                "dnnl_eltwise_backward_primitive_desc_create",
                shape);
        sequence.step(library.own(description))
                .use(dnnl.DNNL_ARG_DST, image, at.y())
                .use(dnnl.DNNL_ARG_DIFF_DST, image, at.dy())
                .use(dnnl.DNNL_ARG_DIFF_SRC, image, destination);
    }
}
