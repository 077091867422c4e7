package tandem.engine.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Activation;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.memory.Allocations;

/** Convolutions of one shape: images (N, H, W, C), filters (K, R, S, C). */
final class OneDnnConvolution {

    private final OneDnn library;
    private final Allocations allocations;
    private final ConvolutionShape shape;
    private final long[] strides;
    private final long[] padding;
    private final dnnl_memory_desc x;
    private final dnnl_memory_desc y;
    private final dnnl_memory_desc filter;
    private final dnnl_memory_desc bias;

    OneDnnConvolution(OneDnn library, Allocations allocations, ConvolutionShape shape) {
        this.library = library;
        this.allocations = allocations;
        this.shape = shape;
        this.strides = new long[] {shape.stride(), shape.stride()};
        this.padding = new long[] {shape.padding(), shape.padding()};
        this.x = library.image(shape.n(), shape.h(), shape.w(), shape.c());
        this.y = library.image(shape.n(), shape.outputH(), shape.outputW(), shape.k());
        this.filter = library.dense(dnnl.dnnl_ohwi, shape.k(), shape.c(), shape.r(), shape.s());
        this.bias = library.vector(shape.k());
    }

    private static final long[] UNDILATED = {0, 0};

    private dnnl_memory_desc anyFilter() {
        return library.dense(dnnl.dnnl_format_tag_any, shape.k(), shape.c(), shape.r(), shape.s());
    }

    OneDnnSequence forward(boolean withBias, boolean withResidual, Activation activation) {
        dnnl_primitive_attr attributes = library.attributes();
        dnnl_post_ops after = new dnnl_post_ops();
        OneDnn.check(dnnl.dnnl_post_ops_create(after), "dnnl_post_ops_create", shape);
        library.own(() -> dnnl.dnnl_post_ops_destroy(after));
        if (withResidual) {
            OneDnn.check(
                    dnnl.dnnl_post_ops_append_binary(after, dnnl.dnnl_binary_add, y),
                    "dnnl_post_ops_append_binary",
                    shape);
        }
        if (activation.present()) {
            OneDnn.check(
                    dnnl.dnnl_post_ops_append_eltwise(after, dnnl.dnnl_eltwise_relu, activation.slope(), 0),
                    "dnnl_post_ops_append_eltwise",
                    activation);
        }
        OneDnn.check(
                dnnl.dnnl_primitive_attr_set_post_ops(attributes, after), "dnnl_primitive_attr_set_post_ops", shape);
        dnnl_primitive_desc description = describeForward(withBias, attributes);
        OneDnnSequence sequence = new OneDnnSequence("convolution_forward", 5, shape, library, allocations);
        dnnl_memory_desc wanted = OneDnn.layout(description, dnnl.dnnl_query_weights_md, 0);
        int place = arranged(sequence, wanted, 1);
        sequence.step(description)
                .use(dnnl.DNNL_ARG_SRC, x, 0)
                .use(dnnl.DNNL_ARG_WEIGHTS, wanted, place)
                .use(dnnl.DNNL_ARG_DST, y, 4);
        if (withBias) {
            sequence.use(dnnl.DNNL_ARG_BIAS, bias, 2);
        }
        if (withResidual) {
            sequence.use(dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1, y, 3);
        }
        return sequence;
    }

    private dnnl_primitive_desc describeForward(boolean withBias, dnnl_primitive_attr attributes) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_convolution_forward_primitive_desc_create(
                        description,
                        library.engine(),
                        dnnl.dnnl_forward_training,
                        dnnl.dnnl_convolution_direct,
                        x,
                        anyFilter(),
                        withBias ? bias : null,
                        y,
                        strides,
                        UNDILATED,
                        padding,
                        padding,
                        attributes),
                "dnnl_convolution_forward_primitive_desc_create",
                shape);
        return library.own(description);
    }

    OneDnnSequence backwardData() {
        dnnl_primitive_attr attributes = library.attributes();
        dnnl_primitive_desc forward = describeForward(false, attributes);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                        description,
                        library.engine(),
                        dnnl.dnnl_convolution_direct,
                        x,
                        anyFilter(),
                        y,
                        strides,
                        UNDILATED,
                        padding,
                        padding,
                        forward,
                        attributes),
                "dnnl_convolution_backward_data_primitive_desc_create",
                shape);
        library.own(description);
        OneDnnSequence sequence = new OneDnnSequence("convolution_backward_data", 3, shape, library, allocations);
        dnnl_memory_desc wanted = OneDnn.layout(description, dnnl.dnnl_query_weights_md, 0);
        int place = arranged(sequence, wanted, 1);
        return sequence.step(description)
                .use(dnnl.DNNL_ARG_DIFF_DST, y, 0)
                .use(dnnl.DNNL_ARG_WEIGHTS, wanted, place)
                .use(dnnl.DNNL_ARG_DIFF_SRC, x, 2);
    }

    OneDnnSequence backwardFilter(boolean withBias) {
        dnnl_primitive_attr attributes = library.attributes();
        dnnl_primitive_desc forward = describeForward(withBias, attributes);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                        description,
                        library.engine(),
                        dnnl.dnnl_convolution_direct,
                        x,
                        anyFilter(),
                        withBias ? bias : null,
                        y,
                        strides,
                        UNDILATED,
                        padding,
                        padding,
                        forward,
                        attributes),
                "dnnl_convolution_backward_weights_primitive_desc_create",
                shape);
        library.own(description);
        OneDnnSequence sequence = new OneDnnSequence("convolution_backward_filter", 4, shape, library, allocations);
        dnnl_memory_desc made = OneDnn.layout(description, dnnl.dnnl_query_diff_weights_md, 0);
        boolean plain = dnnl.dnnl_memory_desc_equal(made, filter) != 0;
        int place = plain ? 2 : sequence.temporary(made);
        sequence.step(description)
                .use(dnnl.DNNL_ARG_SRC, x, 0)
                .use(dnnl.DNNL_ARG_DIFF_DST, y, 1)
                .use(dnnl.DNNL_ARG_DIFF_WEIGHTS, made, place);
        if (withBias) {
            sequence.use(dnnl.DNNL_ARG_DIFF_BIAS, bias, 3);
        }
        if (!plain) {
            reorder(sequence, made, place, filter, 2);
        }
        return sequence;
    }

    /** The place of the filter in the required layout: itself, or a temporary that a reorder fills first. */
    private int arranged(OneDnnSequence sequence, dnnl_memory_desc wanted, int argument) {
        if (dnnl.dnnl_memory_desc_equal(wanted, filter) != 0) {
            return argument;
        }
        int place = sequence.temporary(wanted);
        reorder(sequence, filter, argument, wanted, place);
        sequence.preparationEnds();
        return place;
    }

    private void reorder(
            OneDnnSequence sequence, dnnl_memory_desc from, int source, dnnl_memory_desc to, int destination) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_reorder_primitive_desc_create(
                        description, from, library.engine(), to, library.engine(), library.attributes()),
                "dnnl_reorder_primitive_desc_create",
                shape);
        sequence.step(library.own(description))
                .use(dnnl.DNNL_ARG_FROM, from, source)
                .use(dnnl.DNNL_ARG_TO, to, destination);
    }
}
