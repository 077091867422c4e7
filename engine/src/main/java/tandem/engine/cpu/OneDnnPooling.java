package tandem.engine.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Dnn.PoolShape;
import tandem.engine.memory.Allocations;

/** Pooling with one window over (N, H, W, C). */
final class OneDnnPooling {

    private final OneDnn library;
    private final Allocations allocations;
    private final Object sizes;
    private final int algorithm;
    private final long[] strides;
    private final long[] window;
    private final long[] padding;
    private final dnnl_memory_desc x;
    private final dnnl_memory_desc y;

    private OneDnnPooling(
            OneDnn library,
            Allocations allocations,
            Object sizes,
            int algorithm,
            long[] window,
            long[] strides,
            long padding,
            dnnl_memory_desc x,
            dnnl_memory_desc y) {
        this.library = library;
        this.allocations = allocations;
        this.sizes = sizes;
        this.algorithm = algorithm;
        this.window = window;
        this.strides = strides;
        this.padding = new long[] {padding, padding};
        this.x = x;
        this.y = y;
    }

    static OneDnnPooling max(OneDnn library, Allocations allocations, PoolShape shape) {
        return new OneDnnPooling(
                library,
                allocations,
                shape,
                dnnl.dnnl_pooling_max,
                new long[] {shape.window(), shape.window()},
                new long[] {shape.stride(), shape.stride()},
                shape.padding(),
                library.image(shape.n(), shape.h(), shape.w(), shape.c()),
                library.image(shape.n(), shape.outputH(), shape.outputW(), shape.c()));
    }

    static OneDnnPooling globalAverage(OneDnn library, Allocations allocations, int n, int h, int w, int c) {
        return new OneDnnPooling(
                library,
                allocations,
                "(" + n + ", " + h + ", " + w + ", " + c + ")",
                dnnl.dnnl_pooling_avg_exclude_padding,
                new long[] {h, w},
                new long[] {h, w},
                0,
                library.image(n, h, w, c),
                library.image(n, 1, 1, c));
    }

    private boolean reserves() {
        return algorithm == dnnl.dnnl_pooling_max;
    }

    private dnnl_primitive_desc describeForward() {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_pooling_forward_primitive_desc_create(
                        description,
                        library.engine(),
                        dnnl.dnnl_forward_training,
                        algorithm,
                        x,
                        y,
                        strides,
                        window,
                        OneDnn.UNDILATED,
                        padding,
                        padding,
                        library.attributes()),
                "dnnl_pooling_forward_primitive_desc_create",
                sizes);
        return library.own(description);
    }

    /** x, y, and for the maximum the reserve. */
    OneDnnSequence forward() {
        dnnl_primitive_desc description = describeForward();
        OneDnnSequence sequence = new OneDnnSequence(
                reserves() ? "max_pool_forward" : "global_average_pool_forward",
                reserves() ? 3 : 2,
                sizes,
                library,
                allocations);
        sequence.step(description).use(dnnl.DNNL_ARG_SRC, x, 0).use(dnnl.DNNL_ARG_DST, y, 1);
        if (reserves()) {
            sequence.use(dnnl.DNNL_ARG_WORKSPACE, OneDnn.layout(description, dnnl.dnnl_query_workspace_md, 0), 2);
        }
        return sequence;
    }

    /** dy, for the maximum the reserve, dx. */
    OneDnnSequence backward() {
        dnnl_primitive_desc forward = describeForward();
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_pooling_backward_primitive_desc_create(
                        description,
                        library.engine(),
                        algorithm,
                        x,
                        y,
                        strides,
                        window,
                        OneDnn.UNDILATED,
                        padding,
                        padding,
                        forward,
                        library.attributes()),
                "dnnl_pooling_backward_primitive_desc_create",
                sizes);
        OneDnnSequence sequence = new OneDnnSequence(
                reserves() ? "max_pool_backward" : "global_average_pool_backward",
                reserves() ? 3 : 2,
                sizes,
                library,
                allocations);
        sequence.step(library.own(description))
                .use(dnnl.DNNL_ARG_DIFF_DST, y, 0)
                .use(dnnl.DNNL_ARG_DIFF_SRC, x, reserves() ? 2 : 1);
        if (reserves()) {
            sequence.use(dnnl.DNNL_ARG_WORKSPACE, OneDnn.layout(forward, dnnl.dnnl_query_workspace_md, 0), 1);
        }
        return sequence;
    }
}
