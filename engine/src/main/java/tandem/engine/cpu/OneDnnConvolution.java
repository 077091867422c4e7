package tandem.engine.cpu;

import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Activation;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;

/**
 * Convolutions of one shape: images (N, H, W, C), filters (K, R, S, C). oneDNN computes on images in that layout, or in
 * layouts of its choice, into which they are rearranged.
 */
final class OneDnnConvolution {

    private final OneDnn library;
    private final Allocations allocations;
    private final ConvolutionShape shape;
    private final int channels;
    private final long[] strides;
    private final long[] paddingBefore;
    private final long[] paddingAfter;
    private final dnnl_memory_desc x;
    private final dnnl_memory_desc y;
    private final dnnl_memory_desc filter;
    private final dnnl_memory_desc bias;
    private final dnnl_memory_desc describedX;
    private final dnnl_memory_desc describedY;

    /** @param blocked whether oneDNN chooses the layouts of images; not together with a residual */
    OneDnnConvolution(OneDnn library, Allocations allocations, ConvolutionShape shape, boolean blocked) {
        this(library, allocations, shape, ConvolutionPart.whole(shape), blocked);
    }

    /**
     * A part of a forward convolution: its arguments are those of {@link ConvolutionPart#of(ConvolutionShape,
     * Memory[])}.
     */
    OneDnnConvolution(
            OneDnn library, Allocations allocations, ConvolutionShape shape, ConvolutionPart part, boolean blocked) {
        this.library = library;
        this.allocations = allocations;
        this.shape = shape;
        this.channels = part.channels();
        this.strides = new long[] {shape.stride(), shape.stride()};
        this.paddingBefore = new long[] {part.paddingAbove(), shape.padding()};
        this.paddingAfter = new long[] {part.paddingBelow(), shape.padding()};
        this.x = library.image(shape.n(), part.inputRows(), shape.w(), shape.c());
        dnnl_memory_desc ownY = library.image(shape.n(), part.rows(), shape.outputW(), channels);
        this.y = part.hasAllChannels(shape)
                ? ownY
                : library.channels(
                        library.image(shape.n(), part.rows(), shape.outputW(), shape.k()),
                        part.firstChannel(),
                        shape.n(),
                        channels,
                        part.rows(),
                        shape.outputW());
        this.filter = library.dense(dnnl.dnnl_ohwi, channels, shape.c(), shape.r(), shape.s());
        this.bias = library.vector(channels);
        int any = dnnl.dnnl_format_tag_any;
        this.describedX = blocked ? library.dense(any, shape.n(), shape.c(), part.inputRows(), shape.w()) : x;
        this.describedY = blocked ? library.dense(any, shape.n(), channels, part.rows(), shape.outputW()) : ownY;
    }

    private dnnl_memory_desc anyFilter() {
        return library.dense(dnnl.dnnl_format_tag_any, channels, shape.c(), shape.r(), shape.s());
    }

    OneDnnSequence forward(boolean withBias, boolean withResidual, Activation activation) {
        dnnl_primitive_attr attributes = library.attributes();
        library.followedBy(attributes, withResidual ? List.of(describedY) : List.of(), activation);
        dnnl_primitive_desc description = describeForward(withBias, attributes);
        OneDnnSequence sequence = new OneDnnSequence("convolution_forward", 5, shape, library, allocations);
        dnnl_memory_desc wanted = OneDnn.layout(description, dnnl.dnnl_query_weights_md, 0);
        int place = arranged(sequence, wanted, 1);
        Placed source = read(sequence, x, layout(description, dnnl.dnnl_query_src_md), 0);
        Placed added = withResidual ? read(sequence, y, describedY, 3) : null;
        Placed result = written(sequence, y, layout(description, dnnl.dnnl_query_dst_md), 4);
        sequence.step(description)
                .use(dnnl.DNNL_ARG_SRC, source.layout(), source.place())
                .use(dnnl.DNNL_ARG_WEIGHTS, wanted, place)
                .use(dnnl.DNNL_ARG_DST, result.layout(), result.place());
        if (withBias) {
            sequence.use(dnnl.DNNL_ARG_BIAS, bias, 2);
        }
        if (withResidual) {
            sequence.use(OneDnn.added(0), added.layout(), added.place());
        }
        return finish(sequence, result, y, 4);
    }

    private dnnl_primitive_desc describeForward(boolean withBias, dnnl_primitive_attr attributes) {
        return library.forwardConvolution(
                dnnl.dnnl_forward_training,
                describedX,
                anyFilter(),
                withBias ? bias : null,
                describedY,
                strides,
                paddingBefore,
                paddingAfter,
                attributes,
                shape);
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
                        describedX,
                        anyFilter(),
                        describedY,
                        strides,
                        OneDnn.UNDILATED,
                        paddingBefore,
                        paddingAfter,
                        forward,
                        attributes),
                "dnnl_convolution_backward_data_primitive_desc_create",
                shape);
        library.own(description);
        OneDnnSequence sequence = new OneDnnSequence("convolution_backward_data", 3, shape, library, allocations);
        dnnl_memory_desc wanted = OneDnn.layout(description, dnnl.dnnl_query_weights_md, 0);
        int place = arranged(sequence, wanted, 1);
        Placed gradient = read(sequence, y, layout(description, dnnl.dnnl_query_diff_dst_md), 0);
        Placed result = written(sequence, x, layout(description, dnnl.dnnl_query_diff_src_md), 2);
        sequence.step(description)
                .use(dnnl.DNNL_ARG_DIFF_DST, gradient.layout(), gradient.place())
                .use(dnnl.DNNL_ARG_WEIGHTS, wanted, place)
                .use(dnnl.DNNL_ARG_DIFF_SRC, result.layout(), result.place());
        return finish(sequence, result, x, 2);
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
                        describedX,
                        anyFilter(),
                        withBias ? bias : null,
                        describedY,
                        strides,
                        OneDnn.UNDILATED,
                        paddingBefore,
                        paddingAfter,
                        forward,
                        attributes),
                "dnnl_convolution_backward_weights_primitive_desc_create",
                shape);
        library.own(description);
        OneDnnSequence sequence = new OneDnnSequence("convolution_backward_filter", 4, shape, library, allocations);
        dnnl_memory_desc made = OneDnn.layout(description, dnnl.dnnl_query_diff_weights_md, 0);
        Placed source = read(sequence, x, layout(description, dnnl.dnnl_query_src_md), 0);
        Placed gradient = read(sequence, y, layout(description, dnnl.dnnl_query_diff_dst_md), 1);
        Placed result = written(sequence, filter, made, 2);
        sequence.step(description)
                .use(dnnl.DNNL_ARG_SRC, source.layout(), source.place())
                .use(dnnl.DNNL_ARG_DIFF_DST, gradient.layout(), gradient.place())
                .use(dnnl.DNNL_ARG_DIFF_WEIGHTS, made, result.place());
        if (withBias) {
            sequence.use(dnnl.DNNL_ARG_DIFF_BIAS, bias, 3);
        }
        return finish(sequence, result, filter, 2);
    }

    /** A tensor in the layout that a primitive uses: an argument of bind, or (negative) a temporary. */
    private record Placed(dnnl_memory_desc layout, int place) {}

    private static dnnl_memory_desc layout(dnnl_primitive_desc description, int query) {
        return OneDnn.layout(description, query, 0);
    }

    /** An argument that is read, rearranged first if the primitive wants another layout. */
    private Placed read(OneDnnSequence sequence, dnnl_memory_desc plain, dnnl_memory_desc wanted, int argument) {
        Placed placed = written(sequence, plain, wanted, argument);
        if (placed.place() < 0) {
            reorder(sequence, plain, argument, wanted, placed.place());
        }
        return placed;
    }

    /** An argument that is written, by way of a temporary if the primitive makes another layout. */
    private static Placed written(
            OneDnnSequence sequence, dnnl_memory_desc plain, dnnl_memory_desc made, int argument) {
        boolean equal = dnnl.dnnl_memory_desc_equal(made, plain) != 0;
        return new Placed(made, equal ? argument : sequence.temporary(made));
    }

    /** Rearranges a result that lies in a temporary. */
    private OneDnnSequence finish(OneDnnSequence sequence, Placed result, dnnl_memory_desc plain, int argument) {
        if (result.place() < 0) {
            reorder(sequence, result.layout(), result.place(), plain, argument);
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
