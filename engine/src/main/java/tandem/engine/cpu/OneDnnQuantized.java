package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.QuantizedShape;
import tandem.engine.Quantization;
import tandem.engine.memory.Allocations;

/**
 * The primitives of oneDNN for a convolution on bytes, images in (N, H, W, C): {@link #preparation} arranges the
 * filters, {@link #part} computes some rows of the output from them.
 *
 * <p>Where a window reaches over the edge, the part of the sum that stems from the zero point depends on the pixel.
 * oneDNN computes it in each run, which takes a third of the time of a small convolution. For small outputs it is
 * computed once, as a tensor that the convolution adds: the correction. Large ones take longer to read than to compute.
 */
final class OneDnnQuantized {

    /** Arguments of the preparation. */
    static final int FILTER = 0;

    static final int FILTER_SCALE = 1;
    static final int ARRANGED = 2;
    static final int CORRECTION = 3;

    /** Arguments of a part; scales and correction are those of the preparation. */
    static final int X = 0;

    static final int PART_FILTER = 1;
    static final int PART_SCALE = 2;
    static final int BIAS = 3;
    static final int RESIDUAL = 4;
    static final int PART_CORRECTION = 5;
    static final int Y = 6;

    /** A half of the second-level cache of current processors. */
    private static final long MAX_CORRECTION_BYTES = 512 << 10;

    /** Bits of {@code dnnl_cpu_isa_t} that stand for VNNI with 256 and with 512 bits. */
    private static final int VNNI = 0x8 | 0x40;

    /** One scale for the whole tensor. */
    private static final int COMMON = 0;
    /** One scale for each index of the first dimension. */
    private static final int EACH_FILTER = 1;

    private final OneDnn library;
    private final Allocations allocations;
    private final QuantizedShape shape;
    private final ConvolutionShape sizes;
    private final dnnl_memory_desc scales;

    OneDnnQuantized(OneDnn library, Allocations allocations, QuantizedShape shape) {
        this.library = library;
        this.allocations = allocations;
        this.shape = shape;
        this.sizes = shape.sizes();
        this.scales = library.vector(sizes.k());
    }

    /**
     * Without VNNI, oneDNN adds two products of bytes with saturation at 16 bits: 2 x 255 x 63 is the maximum that
     * fits.
     */
    static int maxFilterByte() {
        return (OneDnn.instructionSet() & VNNI) == 0 ? 63 : 127;
    }

    static OneDnnSequence quantize(OneDnn library, Allocations allocations, long elements, Quantization to) {
        long[] dims = {elements};
        dnnl_memory_desc x = library.dense(dnnl.dnnl_f32, dnnl.dnnl_x, dims);
        dnnl_memory_desc y = library.dense(dnnl.dnnl_u8, dnnl.dnnl_x, dims);
        dnnl_primitive_attr attributes = library.attributes();
        describe(attributes, dnnl.DNNL_ARG_TO, to);
        OneDnnSequence sequence = new OneDnnSequence("quantize", 2, elements + " elements", library, allocations)
                .step(reorder(library, x, y, attributes, elements))
                .use(dnnl.DNNL_ARG_FROM, x, 0)
                .use(dnnl.DNNL_ARG_TO, y, 1);
        return supply(sequence, library, dnnl.DNNL_ARG_TO, to);
    }

    /** Bytes of the correction; 0 without one. */
    long correctionBytes() {
        long bytes = Float.BYTES * sizes.outputElements();
        return shape.input().zeroPoint() != 0 && sizes.padding() > 0 && sizes.n() == 1 && bytes <= MAX_CORRECTION_BYTES
                ? bytes
                : 0;
    }

    private boolean isCorrected() {
        return correctionBytes() > 0;
    }

    private dnnl_memory_desc input(ConvolutionPart part) {
        return library.dense(
                dnnl.dnnl_u8, dnnl.dnnl_nhwc, new long[] {sizes.n(), sizes.c(), part.inputRows(), sizes.w()});
    }

    private dnnl_memory_desc output(ConvolutionPart part, int type) {
        return library.dense(type, dnnl.dnnl_nhwc, new long[] {sizes.n(), sizes.k(), part.rows(), sizes.outputW()});
    }

    private dnnl_memory_desc filter(int type, int layout) {
        return library.dense(type, layout, new long[] {sizes.k(), sizes.c(), sizes.r(), sizes.s()});
    }

    private dnnl_primitive_desc describe(
            ConvolutionPart part,
            dnnl_memory_desc filter,
            dnnl_memory_desc bias,
            dnnl_memory_desc y,
            dnnl_primitive_attr attributes) {
        return library.forwardConvolution(
                dnnl.dnnl_forward_inference,
                input(part),
                filter,
                bias,
                y,
                new long[] {sizes.stride(), sizes.stride()},
                new long[] {part.paddingAbove(), sizes.padding()},
                new long[] {part.paddingBelow(), sizes.padding()},
                attributes,
                shape);
    }

    /** Some rows of the output, with all channels. */
    OneDnnSequence part(ConvolutionPart part) {
        dnnl_memory_desc y = output(part, shape.output().isPresent() ? dnnl.dnnl_u8 : dnnl.dnnl_f32);
        Quantization input = isCorrected() ? new Quantization(shape.input().scale(), 0) : shape.input();
        dnnl_primitive_attr attributes = library.attributes();
        List<Added> added = added(part, attributes);
        describe(attributes, dnnl.DNNL_ARG_SRC, input);
        scale(attributes, dnnl.DNNL_ARG_WEIGHTS, EACH_FILTER);
        Optional<Quantization> output = shape.output().map(this::written);
        output.ifPresent(meaning -> describe(attributes, dnnl.DNNL_ARG_DST, meaning));
        dnnl_memory_desc bias = shape.bias() ? scales : null;
        dnnl_primitive_desc description =
                describe(part, filter(dnnl.dnnl_s8, dnnl.dnnl_format_tag_any), bias, y, attributes);
        OneDnnSequence sequence = new OneDnnSequence("quantized_convolution", 7, shape, library, allocations)
                .step(description)
                .use(dnnl.DNNL_ARG_SRC, input(part), X)
                .use(dnnl.DNNL_ARG_WEIGHTS, OneDnn.layout(description, dnnl.dnnl_query_weights_md, 0), PART_FILTER)
                .use(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, scales, PART_SCALE)
                .use(dnnl.DNNL_ARG_DST, y, Y);
        supply(sequence, library, dnnl.DNNL_ARG_SRC, input);
        output.ifPresent(meaning -> supply(sequence, library, dnnl.DNNL_ARG_DST, meaning));
        if (shape.bias()) {
            sequence.use(dnnl.DNNL_ARG_BIAS, bias, BIAS);
        }
        added.forEach(one -> sequence.use(one.argument(), one.layout(), one.place()));
        return sequence;
    }

    /** A tensor that is added: its argument of the primitive, and its place among those of the part. */
    private record Added(int argument, dnnl_memory_desc layout, int place) {}

    /**
     * Correction, residual and activation. As bytes of a residual have no scale in a post-operation of oneDNN, the sum
     * is computed in units of this scale, which do not change the sign: x becomes x / scale - zeroPoint, then the bytes
     * are added. The result has the usual unit again where it is written, see {@link #written}.
     */
    private List<Added> added(ConvolutionPart part, dnnl_primitive_attr attributes) {
        OneDnnPostOperations after = new OneDnnPostOperations(library);
        List<Added> added = new ArrayList<>();
        if (isCorrected()) {
            dnnl_memory_desc layout = output(part, dnnl.dnnl_f32);
            added.add(new Added(after.add(layout), layout, PART_CORRECTION));
        }
        shape.residualBytes().ifPresent(bytes -> after.linear(1 / bytes.scale(), -bytes.zeroPoint()));
        if (shape.residual()) {
            dnnl_memory_desc layout = output(part, shape.residualBytes().isPresent() ? dnnl.dnnl_u8 : dnnl.dnnl_f32);
            added.add(new Added(after.add(layout), layout, RESIDUAL));
        }
        after.activate(shape.activation());
        if (shape.output().isEmpty()) {
            shape.residualBytes().ifPresent(bytes -> after.linear(bytes.scale(), 0));
        }
        after.set(attributes);
        return added;
    }

    /** What the bytes of the result mean in units of the residual's scale, if it has bytes. */
    private Quantization written(Quantization output) {
        return shape.residualBytes()
                .map(bytes -> new Quantization(output.scale() / bytes.scale(), output.zeroPoint()))
                .orElse(output);
    }

    /**
     * Rounds and arranges the filters, and computes the correction: the convolution of an input of ones, whose scale is
     * minus the value of the zero point.
     *
     * @param arranged the layout that the parts require
     */
    OneDnnSequence preparation(dnnl_memory_desc arranged) {
        dnnl_memory_desc filter = filter(dnnl.dnnl_f32, dnnl.dnnl_ohwi);
        dnnl_primitive_attr rounded = library.attributes();
        scale(rounded, dnnl.DNNL_ARG_TO, EACH_FILTER);
        OneDnnSequence sequence = new OneDnnSequence("quantized_filter", 4, shape, library, allocations)
                .step(reorder(library, filter, arranged, rounded, shape))
                .use(dnnl.DNNL_ARG_FROM, filter, FILTER)
                .use(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_TO, scales, FILTER_SCALE)
                .use(dnnl.DNNL_ARG_TO, arranged, ARRANGED);
        if (isCorrected()) {
            ConvolutionPart whole = ConvolutionPart.whole(sizes);
            dnnl_memory_desc correction = output(whole, dnnl.dnnl_f32);
            dnnl_primitive_attr attributes = library.attributes();
            scale(attributes, dnnl.DNNL_ARG_SRC, COMMON);
            scale(attributes, dnnl.DNNL_ARG_WEIGHTS, EACH_FILTER);
            float value = -shape.input().zeroPoint() * shape.input().scale();
            sequence.step(describe(whole, arranged, null, correction, attributes))
                    .constant(dnnl.DNNL_ARG_SRC, library.ones(input(whole)))
                    .constant(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_SRC, library.scalar(value))
                    .use(dnnl.DNNL_ARG_WEIGHTS, arranged, ARRANGED)
                    .use(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, scales, FILTER_SCALE)
                    .use(dnnl.DNNL_ARG_DST, correction, CORRECTION);
        }
        return sequence;
    }

    private static dnnl_primitive_desc reorder(
            OneDnn library, dnnl_memory_desc from, dnnl_memory_desc to, dnnl_primitive_attr attributes, Object sizes) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_reorder_primitive_desc_create(
                        description, from, library.engine(), to, library.engine(), attributes),
                "dnnl_reorder_primitive_desc_create",
                sizes);
        return library.own(description);
    }

    private static void scale(dnnl_primitive_attr attributes, int argument, int mask) {
        OneDnn.check(
                dnnl.dnnl_primitive_attr_set_scales_mask(attributes, argument, mask),
                "dnnl_primitive_attr_set_scales_mask",
                "");
    }

    /** States that an argument has scale and zero point; a zero point of 0 costs nothing. */
    private static void describe(dnnl_primitive_attr attributes, int argument, Quantization meaning) {
        scale(attributes, argument, COMMON);
        if (meaning.zeroPoint() != 0) {
            OneDnn.check(
                    dnnl.dnnl_primitive_attr_set_zero_points_mask(attributes, argument, COMMON),
                    "dnnl_primitive_attr_set_zero_points_mask",
                    "");
        }
    }

    /** Passes them to the last added primitive. */
    private static OneDnnSequence supply(OneDnnSequence sequence, OneDnn library, int argument, Quantization meaning) {
        sequence.constant(dnnl.DNNL_ARG_ATTR_SCALES | argument, library.scalar(meaning.scale()));
        return meaning.zeroPoint() == 0
                ? sequence
                : sequence.constant(dnnl.DNNL_ARG_ATTR_ZERO_POINTS | argument, library.scalar(meaning.zeroPoint()));
    }
}
