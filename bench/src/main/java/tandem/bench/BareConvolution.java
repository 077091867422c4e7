package tandem.bench;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.FloatPointer;
import tandem.engine.Dnn.ConvolutionShape;

/**
 * One oneDNN convolution, called directly through its Java binding: images (N, H, W, C), the filter already in the
 * layout that oneDNN chooses, arguments prepared once. It is the lower limit of the time of the engine.
 */
final class BareConvolution implements AutoCloseable {

    /** Forward pass, or one of the two backward passes. */
    enum Pass {
        FORWARD,
        BACKWARD_DATA,
        BACKWARD_FILTER
    }

    private static final long[] UNDILATED = {0, 0};

    private final ConvolutionShape shape;
    private final Pass pass;
    private final dnnl_engine engine = new dnnl_engine();
    private final dnnl_stream stream = new dnnl_stream();
    private final dnnl_memory_desc image;
    private final dnnl_memory_desc output;
    private final dnnl_memory_desc filter;
    private final dnnl_primitive_desc description = new dnnl_primitive_desc();
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final List<FloatPointer> owned = new ArrayList<>();
    private final dnnl_exec_arg_t arguments = new dnnl_exec_arg_t(3);
    private final dnnl_memory result;
    private final dnnl_memory_desc resultLayout;
    private final dnnl_memory_desc plainLayout;

    /**
     * Prepares the primitive. {@code x} (N, H, W, C), {@code weights} (K, R, S, C), {@code dy} (N, H, W, K) of the
     * output; each pass uses two of the three.
     */
    BareConvolution(ConvolutionShape shape, Pass pass, float[] x, float[] weights, float[] dy) {
        this.shape = shape;
        this.pass = pass;
        check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0));
        check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags));
        image = layout(dnnl.dnnl_nhwc, shape.n(), shape.c(), shape.h(), shape.w());
        output = layout(dnnl.dnnl_nhwc, shape.n(), shape.k(), shape.outputH(), shape.outputW());
        filter = layout(dnnl.dnnl_ohwi, shape.k(), shape.c(), shape.r(), shape.s());
        describe();
        check(dnnl.dnnl_primitive_create(primitive, description));
        int resultArgument;
        switch (pass) {
            case FORWARD -> {
                dnnl_memory_desc wanted = query(dnnl.dnnl_query_weights_md);
                argument(0, dnnl.DNNL_ARG_SRC, memory(image, x));
                argument(1, dnnl.DNNL_ARG_WEIGHTS, reordered(memory(filter, weights), filter, wanted));
                resultLayout = plainLayout = output;
                resultArgument = dnnl.DNNL_ARG_DST;
            }
            case BACKWARD_DATA -> {
                dnnl_memory_desc wanted = query(dnnl.dnnl_query_weights_md);
                argument(0, dnnl.DNNL_ARG_DIFF_DST, memory(output, dy));
                argument(1, dnnl.DNNL_ARG_WEIGHTS, reordered(memory(filter, weights), filter, wanted));
                resultLayout = plainLayout = image;
                resultArgument = dnnl.DNNL_ARG_DIFF_SRC;
            }
            case BACKWARD_FILTER -> {
                argument(0, dnnl.DNNL_ARG_SRC, memory(image, x));
                argument(1, dnnl.DNNL_ARG_DIFF_DST, memory(output, dy));
                resultLayout = query(dnnl.dnnl_query_diff_weights_md);
                plainLayout = filter;
                resultArgument = dnnl.DNNL_ARG_DIFF_WEIGHTS;
            }
            default -> throw new AssertionError(pass);
        }
        result = memory(resultLayout, null);
        argument(2, resultArgument, result);
    }

    private void describe() {
        long[] strides = {shape.stride(), shape.stride()};
        long[] padding = {shape.padding(), shape.padding()};
        dnnl_memory_desc any = layout(dnnl.dnnl_format_tag_any, shape.k(), shape.c(), shape.r(), shape.s());
        dnnl_primitive_desc forward = pass == Pass.FORWARD ? description : new dnnl_primitive_desc();
        check(dnnl.dnnl_convolution_forward_primitive_desc_create(
                forward,
                engine,
                dnnl.dnnl_forward_training,
                dnnl.dnnl_convolution_direct,
                image,
                any,
                null,
                output,
                strides,
                UNDILATED,
                padding,
                padding,
                null));
        if (pass == Pass.BACKWARD_DATA) {
            check(dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                    description,
                    engine,
                    dnnl.dnnl_convolution_direct,
                    image,
                    any,
                    output,
                    strides,
                    UNDILATED,
                    padding,
                    padding,
                    forward,
                    null));
        } else if (pass == Pass.BACKWARD_FILTER) {
            check(dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                    description,
                    engine,
                    dnnl.dnnl_convolution_direct,
                    image,
                    any,
                    null,
                    output,
                    strides,
                    UNDILATED,
                    padding,
                    padding,
                    forward,
                    null));
        }
    }

    private static dnnl_memory_desc layout(int tag, long... dims) {
        dnnl_memory_desc layout = new dnnl_memory_desc();
        check(dnnl.dnnl_memory_desc_create_with_tag(layout, dims.length, dims, dnnl.dnnl_f32, tag));
        return layout;
    }

    private dnnl_memory_desc query(int property) {
        return dnnl.dnnl_primitive_desc_query_md(description, property, 0);
    }

    private dnnl_memory memory(dnnl_memory_desc layout, float[] values) {
        FloatPointer data = new FloatPointer(dnnl.dnnl_memory_desc_get_size(layout) / Float.BYTES);
        owned.add(data);
        if (values != null) {
            data.put(values, 0, values.length);
        }
        dnnl_memory memory = new dnnl_memory();
        check(dnnl.dnnl_memory_create(memory, layout, engine, data));
        return memory;
    }

    private void argument(int index, int name, dnnl_memory memory) {
        arguments.position(index).arg(name).memory(memory);
        arguments.position(0);
    }

    private dnnl_memory reordered(dnnl_memory source, dnnl_memory_desc from, dnnl_memory_desc to) {
        dnnl_memory target = memory(to, null);
        dnnl_primitive_desc reorder = new dnnl_primitive_desc();
        dnnl_primitive run = new dnnl_primitive();
        check(dnnl.dnnl_reorder_primitive_desc_create(reorder, from, engine, to, engine, null));
        check(dnnl.dnnl_primitive_create(run, reorder));
        try (dnnl_exec_arg_t pair = new dnnl_exec_arg_t(2)) {
            pair.position(0).arg(dnnl.DNNL_ARG_FROM).memory(source);
            pair.position(1).arg(dnnl.DNNL_ARG_TO).memory(target);
            check(dnnl.dnnl_primitive_execute(run, stream, 2, pair.position(0)));
            check(dnnl.dnnl_stream_wait(stream));
        }
        return target;
    }

    /** Runs it once. */
    void run() {
        dnnl.dnnl_primitive_execute(primitive, stream, 3, arguments);
        dnnl.dnnl_stream_wait(stream);
    }

    /** The result of the last run, in the plain layout. */
    float[] result() {
        reordered(result, resultLayout, plainLayout);
        FloatPointer data = owned.get(owned.size() - 1);
        float[] values = new float[(int) data.capacity()];
        data.get(values);
        return values;
    }

    private static void check(int status) {
        if (status != dnnl.dnnl_success) {
            throw new IllegalStateException("oneDNN status " + status);
        }
    }

    /** Frees the arrays; the process of a benchmark ends soon after. */
    @Override
    public void close() {
        owned.forEach(FloatPointer::close);
    }
}
