package tandem.engine.cpu;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;
import tandem.engine.LibraryException;
import tandem.engine.cpu.OneDnnProducts.Operand;
import tandem.engine.memory.Allocations;

/**
 * Matrices in the layout in which oneDNN multiplies by them fastest. Others are rearranged in each product, which takes
 * as long as the multiplications where the left matrix has few rows. For one thread at a time.
 */
final class ArrangedMatrices {

    /** Columns of a part, the first that is possible; AVX2 has blocks of 24. */
    private static final List<Integer> PARTS = List.of(64, 48);

    private final OneDnn library;
    private final Allocations allocations;
    private final int count;
    private final int k;
    private final int n;
    private final dnnl_memory_desc layout;
    private final Map<List<Object>, OneDnnSequence> made = new HashMap<>();
    private final int columns;

    /**
     * {@code count} matrices (k, n).
     *
     * @param rows maximum number of rows of the matrices that they are multiplied by
     */
    ArrangedMatrices(OneDnn library, Allocations allocations, int count, int rows, int k, int n) {
        this.library = library;
        this.allocations = allocations;
        this.count = count;
        this.k = k;
        this.n = n;
        OpenMp.useThreads(1);
        this.layout = OneDnn.layout(
                OneDnnProducts.describe(
                        library,
                        new Operand(rows, k, WinogradTiles.step(rows, k), false).layout(library, count),
                        library.dense(dnnl.dnnl_format_tag_any, count, k, n),
                        new Operand(rows, n, WinogradTiles.step(rows, n), false).layout(library, count),
                        library.attributes(),
                        toString()),
                dnnl.dnnl_query_weights_md,
                0);
        this.columns = PARTS.stream().filter(this::isPossible).findFirst().orElse(n);
    }

    /** Whether that many columns are whole blocks of the layout. */
    private boolean isPossible(int part) {
        if (n % part != 0 || n == part) {
            return false;
        }
        try {
            columns(part, part);
            return true;
        } catch (LibraryException e) {
            return false;
        }
    }

    int count() {
        return count;
    }

    long bytes() {
        return OneDnn.bytes(layout);
    }

    long bytesOfMatrix() {
        return bytes() / count;
    }

    /** Columns that {@link #arrange} takes at a time, a divisor of n. */
    int columns() {
        return columns;
    }

    private dnnl_memory_desc columns(int first, int number) {
        return library.part(layout, new long[] {count, k, number}, new long[] {0, 0, first});
    }

    /**
     * Copies {@link #columns} columns of all matrices.
     *
     * @param first the first of them
     * @param step floats from one matrix of the source to the next; there each column is adjacent values
     * @return takes the source and all matrices
     */
    OneDnnSequence arrange(int first, long step) {
        return made.computeIfAbsent(List.of("arrange", first, step), key -> {
            OpenMp.useThreads(1);
            dnnl_memory_desc from = new Operand(k, columns, step, true).layout(library, count);
            dnnl_memory_desc to = columns(first, columns);
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            OneDnn.check(
                    dnnl.dnnl_reorder_primitive_desc_create(
                            description, from, library.engine(), to, library.engine(), library.attributes()),
                    "dnnl_reorder_primitive_desc_create",
                    this);
            return new OneDnnSequence("arrange_matrices", 2, this, library, allocations)
                    .step(library.own(description))
                    .use(dnnl.DNNL_ARG_FROM, from, 0)
                    .use(dnnl.DNNL_ARG_TO, to, 1);
        });
    }

    /**
     * c = a b for the first {@code number} matrices.
     *
     * @return takes a, b and c
     */
    OneDnnSequence products(int number, Operand a, Operand c) {
        return made.computeIfAbsent(List.of("products", number, a, c), key -> {
            OpenMp.useThreads(1);
            dnnl_memory_desc left = a.layout(library, number);
            dnnl_memory_desc right = library.part(layout, new long[] {number, k, n}, new long[3]);
            dnnl_memory_desc result = c.layout(library, number);
            String sizes = a + " and " + this;
            return OneDnnProducts.sequence(
                    library,
                    allocations,
                    OneDnnProducts.describe(library, left, right, result, library.attributes(), sizes),
                    left,
                    right,
                    result,
                    sizes);
        });
    }

    @Override
    public String toString() {
        return count + " matrices (" + k + ", " + n + ")";
    }
}
