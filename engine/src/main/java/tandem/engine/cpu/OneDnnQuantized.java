package tandem.engine.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Dnn.QuantizedShape;
import tandem.engine.Quantization;
import tandem.engine.memory.Allocations;

/** Convolutions on bytes, images in (N, H, W, C). */
final class OneDnnQuantized {

    /** Bits of {@code dnnl_cpu_isa_t} that stand for VNNI with 256 and with 512 bits. */
    private static final int VNNI = 0x8 | 0x40;

    /** One scale for the whole tensor. */
    private static final int COMMON = 0;
    /** One scale for each index of the first dimension. */
    private static final int EACH_FILTER = 1;

    private OneDnnQuantized() {}

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

    static OneDnnSequence convolution(OneDnn library, Allocations allocations, QuantizedShape shape) {
        ConvolutionShape sizes = shape.sizes();
        int outputType = shape.output().isPresent() ? dnnl.dnnl_u8 : dnnl.dnnl_f32;
        long[] outputDims = {sizes.n(), sizes.k(), sizes.outputH(), sizes.outputW()};
        long[] filterDims = {sizes.k(), sizes.c(), sizes.r(), sizes.s()};
        dnnl_memory_desc x =
                library.dense(dnnl.dnnl_u8, dnnl.dnnl_nhwc, new long[] {sizes.n(), sizes.c(), sizes.h(), sizes.w()});
        dnnl_memory_desc y = library.dense(outputType, dnnl.dnnl_nhwc, outputDims);
        dnnl_memory_desc residual = library.dense(dnnl.dnnl_f32, dnnl.dnnl_nhwc, outputDims);
        dnnl_memory_desc filter = library.dense(dnnl.dnnl_f32, dnnl.dnnl_ohwi, filterDims);
        dnnl_memory_desc channels = library.vector(sizes.k());
        dnnl_primitive_attr attributes = library.attributes();
        library.followedBy(attributes, shape.residual() ? residual : null, shape.activation());
        describe(attributes, dnnl.DNNL_ARG_SRC, shape.input());
        scale(attributes, dnnl.DNNL_ARG_WEIGHTS, EACH_FILTER);
        shape.output().ifPresent(output -> describe(attributes, dnnl.DNNL_ARG_DST, output));
        long[] padding = {sizes.padding(), sizes.padding()};
        dnnl_primitive_desc description = library.forwardConvolution(
                dnnl.dnnl_forward_inference,
                x,
                library.dense(dnnl.dnnl_s8, dnnl.dnnl_format_tag_any, filterDims),
                shape.bias() ? channels : null,
                y,
                new long[] {sizes.stride(), sizes.stride()},
                padding,
                padding,
                attributes,
                shape);
        dnnl_memory_desc wanted = OneDnn.layout(description, dnnl.dnnl_query_weights_md, 0);
        dnnl_primitive_attr rounded = library.attributes();
        scale(rounded, dnnl.DNNL_ARG_TO, EACH_FILTER);
        OneDnnSequence sequence = new OneDnnSequence("quantized_convolution", 6, shape, library, allocations);
        int place = sequence.temporary(wanted);
        sequence.step(reorder(library, filter, wanted, rounded, shape))
                .use(dnnl.DNNL_ARG_FROM, filter, 1)
                .use(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_TO, channels, 2)
                .use(dnnl.DNNL_ARG_TO, wanted, place)
                .preparationEnds();
        sequence.step(description)
                .use(dnnl.DNNL_ARG_SRC, x, 0)
                .use(dnnl.DNNL_ARG_WEIGHTS, wanted, place)
                .use(dnnl.DNNL_ARG_ATTR_SCALES | dnnl.DNNL_ARG_WEIGHTS, channels, 2)
                .use(dnnl.DNNL_ARG_DST, y, 5);
        supply(sequence, library, dnnl.DNNL_ARG_SRC, shape.input());
        shape.output().ifPresent(output -> supply(sequence, library, dnnl.DNNL_ARG_DST, output));
        if (shape.bias()) {
            sequence.use(dnnl.DNNL_ARG_BIAS, channels, 3);
        }
        if (shape.residual()) {
            sequence.use(dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE | dnnl.DNNL_ARG_SRC_1, residual, 4);
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
