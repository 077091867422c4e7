package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import tandem.engine.Activation;
import tandem.engine.LibraryException;
import tandem.kernels.natives.JavaCppNatives;

/** oneDNN's engine and stream, and the owner of every handle made from them. */
final class OneDnn implements AutoCloseable {

    /** Dilations of a window whose pixels are neighbors. */
    static final long[] UNDILATED = {0, 0};

    private static boolean loaded;

    private final dnnl_engine engine;
    private final dnnl_stream stream;
    private final List<Runnable> owned = new ArrayList<>();
    /** By their number. */
    private final Map<Long, BytePointer> ones = new HashMap<>();

    private boolean closed;

    OneDnn(int threads) {
        // First: JavaCPP's classes wait for each other forever when two threads begin with different ones of them.
        load(threads);
        engine = new dnnl_engine();
        stream = new dnnl_stream();
        check(dnnl.dnnl_engine_create(engine, dnnl.dnnl_cpu, 0), "dnnl_engine_create", "cpu");
        owned.add(() -> dnnl.dnnl_engine_destroy(engine));
        check(dnnl.dnnl_stream_create(stream, engine, dnnl.dnnl_stream_default_flags), "dnnl_stream_create", "cpu");
        owned.add(() -> dnnl.dnnl_stream_destroy(stream));
    }

    /** Loads the library, once for the process. */
    static synchronized void load(int threads) {
        if (!loaded) {
            OpenMp.beforeLoading(threads);
            FreedMemory.limit();
            JavaCppNatives.prepare();
            try {
                OpenMp.loaded(Loader.load(dnnl.class));
            } catch (UnsatisfiedLinkError e) {
                throw new LibraryException(
                        "oneDNN does not load: " + e.getMessage() + "; the jars dnnl, javacpp and opencl must be there "
                                + "for this platform, and the folder for extracted natives (-Dtandem.natives) writable");
            }
            loaded = true;
        }
    }

    static String version(int threads) {
        load(threads);
        dnnl_version_t version = dnnl.dnnl_version();
        return version.major() + "." + version.minor() + "." + version.patch();
    }

    /** The instruction set that the library uses, as its number; ONEDNN_MAX_CPU_ISA limits it. */
    static int instructionSet() {
        return dnnl.dnnl_get_effective_cpu_isa();
    }

    dnnl_engine engine() {
        return engine;
    }

    dnnl_stream stream() {
        return stream;
    }

    /** Throws unless {@code status} is success. */
    static void check(int status, String call, Object sizes) {
        if (status == dnnl.dnnl_success) {
            return;
        }
        String reason;
        String advice;
        if (status == dnnl.dnnl_out_of_memory) {
            reason = "out of memory";
            advice = "use a smaller batch or image size";
        } else if (status == dnnl.dnnl_invalid_arguments) {
            reason = "invalid arguments";
            advice = "check the sizes";
        } else if (status == dnnl.dnnl_unimplemented) {
            reason = "unimplemented";
            advice =
                    "oneDNN has no implementation for these sizes on this processor; run with ONEDNN_VERBOSE=all to see why";
        } else {
            reason = "status " + status;
            advice = "run with ONEDNN_VERBOSE=all to see why";
        }
        throw new LibraryException(call + ": " + reason + " for " + sizes + "; " + advice);
    }

    /** A dense FLOAT32 description with the dimensions in oneDNN's logical order and the layout of {@code tag}. */
    dnnl_memory_desc dense(int tag, long... dims) {
        return dense(dnnl.dnnl_f32, tag, dims);
    }

    /** The same with elements of another type of oneDNN. */
    dnnl_memory_desc dense(int type, int tag, long[] dims) {
        dnnl_memory_desc description = new dnnl_memory_desc();
        check(
                dnnl.dnnl_memory_desc_create_with_tag(description, dims.length, dims, type, tag),
                "dnnl_memory_desc_create_with_tag",
                text(dims));
        owned.add(() -> dnnl.dnnl_memory_desc_destroy(description));
        return description;
    }

    /** A FLOAT32 description with these dimensions and strides, in elements. */
    dnnl_memory_desc strided(long[] dims, long[] strides) {
        dnnl_memory_desc description = new dnnl_memory_desc();
        check(
                dnnl.dnnl_memory_desc_create_with_strides(description, dims.length, dims, dnnl.dnnl_f32, strides),
                "dnnl_memory_desc_create_with_strides",
                text(dims));
        owned.add(() -> dnnl.dnnl_memory_desc_destroy(description));
        return description;
    }

    /** (N, H, W, C) in memory. */
    dnnl_memory_desc image(int n, int h, int w, int c) {
        return dense(dnnl.dnnl_nhwc, n, c, h, w);
    }

    /**
     * Some channels of an image, which the memory holds as a whole.
     *
     * @param dims of these channels, in oneDNN's order
     */
    dnnl_memory_desc channels(dnnl_memory_desc image, int first, long... dims) {
        return part(image, dims, new long[] {0, first, 0, 0});
    }

    /**
     * A part of a tensor, which the memory holds as a whole.
     *
     * @param dims of the part
     * @param offsets where it begins; multiples of the blocks of a blocked layout
     */
    dnnl_memory_desc part(dnnl_memory_desc whole, long[] dims, long[] offsets) {
        dnnl_memory_desc description = new dnnl_memory_desc();
        check(
                dnnl.dnnl_memory_desc_create_submemory(description, whole, dims, offsets),
                "dnnl_memory_desc_create_submemory",
                text(dims));
        owned.add(() -> dnnl.dnnl_memory_desc_destroy(description));
        return description;
    }

    dnnl_memory_desc vector(int length) {
        return dense(dnnl.dnnl_x, length);
    }

    /**
     * Attributes: deterministic, with the scratchpad given by the caller; the caller may add post-operations before the
     * primitive is described.
     */
    dnnl_primitive_attr attributes() {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        check(dnnl.dnnl_primitive_attr_create(attributes), "dnnl_primitive_attr_create", "");
        owned.add(() -> dnnl.dnnl_primitive_attr_destroy(attributes));
        check(
                dnnl.dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl.dnnl_scratchpad_mode_user),
                "dnnl_primitive_attr_set_scratchpad_mode",
                "");
        check(dnnl.dnnl_primitive_attr_set_deterministic(attributes, 1), "dnnl_primitive_attr_set_deterministic", "");
        return attributes;
    }

    /**
     * Adds what follows a convolution to the attributes.
     *
     * @param added layouts of tensors to add
     */
    void followedBy(dnnl_primitive_attr attributes, List<dnnl_memory_desc> added, Activation activation) {
        OneDnnPostOperations after = new OneDnnPostOperations(this);
        added.forEach(after::add);
        after.activate(activation);
        after.set(attributes);
    }

    /** The argument of the tensor that is added by post-operation number {@code index}. */
    static int added(int index) {
        return dnnl.DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (index + 1) | dnnl.DNNL_ARG_SRC_1;
    }

    /** Memory of bytes that are all 1. */
    dnnl_memory ones(dnnl_memory_desc layout) {
        BytePointer bytes = ones.computeIfAbsent(bytes(layout), count -> {
            BytePointer made = new BytePointer(count);
            owned.add(made::close);
            Pointer.memset(made, 1, count);
            return made;
        });
        dnnl_memory memory = new dnnl_memory();
        check(dnnl.dnnl_memory_create(memory, layout, engine, bytes), "dnnl_memory_create", "ones");
        owned.add(() -> dnnl.dnnl_memory_destroy(memory));
        return memory;
    }

    /** Memory of one float. */
    dnnl_memory scalar(float value) {
        return scalar(dnnl.dnnl_f32, new FloatPointer(new float[] {value}));
    }

    /** Memory of one INT32. */
    dnnl_memory scalar(int value) {
        return scalar(dnnl.dnnl_s32, new IntPointer(new int[] {value}));
    }

    private dnnl_memory scalar(int type, Pointer value) {
        owned.add(value::close);
        dnnl_memory memory = new dnnl_memory();
        check(
                dnnl.dnnl_memory_create(memory, dense(type, dnnl.dnnl_x, new long[] {1}), engine, value),
                "dnnl_memory_create",
                "one number");
        owned.add(() -> dnnl.dnnl_memory_destroy(memory));
        return memory;
    }

    /**
     * Describes a convolution without dilation.
     *
     * @param kind propagation kind of oneDNN
     * @param bias null for none
     * @param paddingBefore zeros above and at the left
     * @param paddingAfter zeros below and at the right
     * @param shape for the message of an error
     */
    dnnl_primitive_desc forwardConvolution(
            int kind,
            dnnl_memory_desc x,
            dnnl_memory_desc filter,
            dnnl_memory_desc bias,
            dnnl_memory_desc y,
            long[] strides,
            long[] paddingBefore,
            long[] paddingAfter,
            dnnl_primitive_attr attributes,
            Object shape) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        check(
                dnnl.dnnl_convolution_forward_primitive_desc_create(
                        description,
                        engine,
                        kind,
                        dnnl.dnnl_convolution_direct,
                        x,
                        filter,
                        bias,
                        y,
                        strides,
                        UNDILATED,
                        paddingBefore,
                        paddingAfter,
                        attributes),
                "dnnl_convolution_forward_primitive_desc_create",
                shape);
        return own(description);
    }

    /** Takes a freshly described primitive into ownership. */
    dnnl_primitive_desc own(dnnl_primitive_desc description) {
        owned.add(() -> dnnl.dnnl_primitive_desc_destroy(description));
        return description;
    }

    dnnl_primitive create(dnnl_primitive_desc description, Object sizes) {
        dnnl_primitive primitive = new dnnl_primitive();
        check(dnnl.dnnl_primitive_create(primitive, description), "dnnl_primitive_create", sizes);
        owned.add(() -> dnnl.dnnl_primitive_destroy(primitive));
        return primitive;
    }

    void own(Runnable release) {
        owned.add(release);
    }

    /** The layout that a described primitive expects of one of its tensors; belongs to the description. */
    static dnnl_memory_desc layout(dnnl_primitive_desc description, int query, int index) {
        return dnnl.dnnl_primitive_desc_query_md(description, query, index);
    }

    static long bytes(dnnl_memory_desc description) {
        return description == null || description.isNull() ? 0 : dnnl.dnnl_memory_desc_get_size(description);
    }

    /** What oneDNN calls the implementation it chose, such as {@code brgconv:avx512_core}. */
    static String implementation(dnnl_primitive_desc description) {
        try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
            check(
                    dnnl.dnnl_primitive_desc_query(description, dnnl.dnnl_query_impl_info_str, 0, text),
                    "dnnl_primitive_desc_query",
                    "");
            return text.get(BytePointer.class, 0).getString();
        }
    }

    private static String text(long[] dims) {
        StringJoiner joiner = new StringJoiner(", ", "(", ")");
        for (long dim : dims) {
            joiner.add(Long.toString(dim));
        }
        return joiner.toString();
    }

    /** Destroys every handle, the youngest first. */
    @Override
    public void close() {
        if (!closed) {
            closed = true;
            for (int i = owned.size() - 1; i >= 0; i--) {
                owned.get(i).run();
            }
            owned.clear();
        }
    }
}
