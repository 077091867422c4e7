package tandem.engine.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.Activation;

/** What oneDNN computes from the result of a primitive before it is written, in FLOAT32, one after the other. */
final class OneDnnPostOperations {

    private final dnnl_post_ops list = new dnnl_post_ops();
    private int count;

    OneDnnPostOperations(OneDnn library) {
        OneDnn.check(dnnl.dnnl_post_ops_create(list), "dnnl_post_ops_create", "");
        library.own(() -> dnnl.dnnl_post_ops_destroy(list));
    }

    /**
     * Adds a tensor.
     *
     * @return its argument
     */
    int add(dnnl_memory_desc tensor) {
        OneDnn.check(
                dnnl.dnnl_post_ops_append_binary(list, dnnl.dnnl_binary_add, tensor),
                "dnnl_post_ops_append_binary",
                "");
        return OneDnn.added(count++);
    }

    /** factor x + summand. */
    void linear(float factor, float summand) {
        eltwise(dnnl.dnnl_eltwise_linear, factor, summand);
    }

    /** The activation, if there is one. */
    void activate(Activation activation) {
        if (activation.present()) {
            eltwise(dnnl.dnnl_eltwise_relu, activation.slope(), 0);
        }
    }

    private void eltwise(int kind, float alpha, float beta) {
        OneDnn.check(dnnl.dnnl_post_ops_append_eltwise(list, kind, alpha, beta), "dnnl_post_ops_append_eltwise", alpha);
        count++;
    }

    /** Passes them to a primitive that is described with these attributes. */
    void set(dnnl_primitive_attr attributes) {
        OneDnn.check(dnnl.dnnl_primitive_attr_set_post_ops(attributes, list), "dnnl_primitive_attr_set_post_ops", "");
    }
}
