package tandem.engine.cpu;

import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.memory.Allocations;

/** Several matrix products of one shape in one call of oneDNN. */
final class OneDnnProducts {

    /**
     * Matrices of one operand, row-major.
     *
     * @param step floats from the start of a matrix to the start of the next
     * @param line floats from one row to the next, or from one column to the next if each is stored transposed
     * @param transposed whether each is stored transposed
     */
    record Operand(int rows, int columns, long step, int line, boolean transposed) {

        Operand(int rows, int columns, long step, boolean transposed) {
            this(rows, columns, step, transposed ? rows : columns, transposed);
        }

        /** Some columns of matrices with so many. */
        Operand inRowsOf(int all) {
            return new Operand(rows, columns, step, all, transposed);
        }

        private long[] strides() {
            return transposed ? new long[] {step, 1, line} : new long[] {step, line, 1};
        }

        /** Bytes from the start of a matrix to the start of the next. */
        long bytes() {
            return Float.BYTES * step;
        }

        /** Of {@code count} such matrices. */
        dnnl_memory_desc layout(OneDnn library, int count) {
            return library.strided(new long[] {count, rows, columns}, strides());
        }
    }

    private OneDnnProducts() {}

    /**
     * c = a b, or c += a b, for each of {@code count} matrices. a has at least two columns: with one, oneDNN 3.11 takes
     * matrices of b that lie apart for adjacent ones.
     *
     * @return a sequence that takes a, b and c
     */
    static OneDnnSequence of(
            OneDnn library, Allocations allocations, int count, Operand a, Operand b, Operand c, boolean accumulate) {
        if (a.columns() < 2) {
            throw new IllegalArgumentException(a + " must have two columns");
        }
        String sizes = count + " products of " + a + " and " + b;
        dnnl_primitive_attr attributes = library.attributes();
        if (accumulate) {
            dnnl_post_ops after = new dnnl_post_ops();
            OneDnn.check(dnnl.dnnl_post_ops_create(after), "dnnl_post_ops_create", sizes);
            library.own(() -> dnnl.dnnl_post_ops_destroy(after));
            OneDnn.check(
                    dnnl.dnnl_post_ops_append_sum(after, 1, 0, dnnl.dnnl_data_type_undef),
                    "dnnl_post_ops_append_sum",
                    sizes);
            OneDnn.check(
                    dnnl.dnnl_primitive_attr_set_post_ops(attributes, after),
                    "dnnl_primitive_attr_set_post_ops",
                    sizes);
        }
        dnnl_memory_desc left = a.layout(library, count);
        dnnl_memory_desc right = b.layout(library, count);
        dnnl_memory_desc result = c.layout(library, count);
        return sequence(
                library,
                allocations,
                describe(library, left, right, result, attributes, sizes),
                left,
                right,
                result,
                sizes);
    }

    static dnnl_primitive_desc describe(
            OneDnn library,
            dnnl_memory_desc left,
            dnnl_memory_desc right,
            dnnl_memory_desc result,
            dnnl_primitive_attr attributes,
            String sizes) {
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        OneDnn.check(
                dnnl.dnnl_matmul_primitive_desc_create(
                        description, library.engine(), left, right, null, result, attributes),
                "dnnl_matmul_primitive_desc_create",
                sizes);
        return library.own(description);
    }

    static OneDnnSequence sequence(
            OneDnn library,
            Allocations allocations,
            dnnl_primitive_desc description,
            dnnl_memory_desc left,
            dnnl_memory_desc right,
            dnnl_memory_desc result,
            String sizes) {
        return new OneDnnSequence("matrix_products", 3, sizes, library, allocations)
                .step(description)
                .use(dnnl.DNNL_ARG_SRC, left, 0)
                .use(dnnl.DNNL_ARG_WEIGHTS, right, 1)
                .use(dnnl.DNNL_ARG_DST, result, 2);
    }
}
