package tandem.engine.operation;

import java.util.Arrays;
import tandem.engine.Dnn;
import tandem.engine.Graph;
import tandem.engine.LibraryOperation;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/** Products of matrices, row-major. */
public final class MatrixProduct {

    private MatrixProduct() {}

    /** a (m, k) times b (k, n): (m, n). */
    public static Tensor apply(Graph graph, Tensor a, Tensor b) {
        return apply(graph, a, b, false, false);
    }

    /** The product (m, n) of a (m, k), or (k, m) when it is stored transposed, and b (k, n), or (n, k). */
    public static Tensor apply(Graph graph, Tensor a, Tensor b, boolean transposeA, boolean transposeB) {
        if (a.shape().rank() != 2
                || b.shape().rank() != 2
                || a.shape().dim(transposeA ? 0 : 1) != b.shape().dim(transposeB ? 1 : 0)
                || a.elements() == 0
                || b.elements() == 0) {
            throw new IllegalArgumentException("cannot multiply " + a + (transposeA ? " transposed" : "") + " by " + b
                    + (transposeB ? " transposed" : ""));
        }
        Require.float32("matrix_product", a, b);
        int m = a.shape().dim(transposeA ? 1 : 0);
        int k = a.shape().dim(transposeA ? 0 : 1);
        int n = b.shape().dim(transposeB ? 0 : 1);
        Dnn.ProductShape shape = new Dnn.ProductShape(m, n, k, transposeA, transposeB);
        Tensor c = graph.activation("matrix_product", Shape.of(m, n));
        LibraryOperation.of("matrix_product", dnn -> dnn.matrixProduct(shape), a, b, c)
                .reads(a, b)
                .writes(c)
                .gradient((g, gradients, needed) -> {
                    Tensor dc = gradients.get(0);
                    Tensor da = null;
                    Tensor db = null;
                    if (needed[0]) {
                        da = transposeA ? apply(g, b, dc, transposeB, true) : apply(g, dc, b, false, !transposeB);
                    }
                    if (needed[1]) {
                        db = transposeB ? apply(g, dc, a, true, transposeA) : apply(g, a, dc, !transposeA, false);
                    }
                    return Arrays.asList(da, db);
                })
                .appendTo(graph);
        return c;
    }
}
