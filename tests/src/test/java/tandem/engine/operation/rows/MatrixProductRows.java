package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Shape;
import tandem.engine.operation.MatrixProduct;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;

/** Matrix products with each factor stored both ways. */
public final class MatrixProductRows {

    private MatrixProductRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int[] one : new int[][] {{5, 7, 3}, {1, 1, 1}, {33, 16, 40}}) {
            for (int stored = 0; stored < 4; stored++) {
                boolean left = (stored & 1) != 0;
                boolean right = (stored & 2) != 0;
                int m = one[0];
                int k = one[1];
                int n = one[2];
                rows.add(OperationRow.named("matrix_product (" + m + ", " + k + ") x (" + k + ", " + n + ")"
                                + (left ? ", left transposed" : "") + (right ? ", right transposed" : ""))
                        .input("a", left ? Shape.of(k, m) : Shape.of(m, k), Values.normal(0, 1))
                        .input("b", right ? Shape.of(n, k) : Shape.of(k, n), Values.normal(0, 1))
                        .builds((graph, in) -> List.of(MatrixProduct.apply(graph, in.get(0), in.get(1), left, right)))
                        .reference(in -> new double[][] {multiply(in[0], in[1], m, k, n, left, right)})
                        .tolerance(1e-6, "float sums of up to 40 products"));
            }
        }
        return rows;
    }

    private static double[] multiply(double[] a, double[] b, int m, int k, int n, boolean left, boolean right) {
        double[] c = new double[m * n];
        for (int i = 0; i < m; i++) {
            for (int j = 0; j < n; j++) {
                for (int l = 0; l < k; l++) {
                    c[i * n + j] += a[left ? l * m + i : i * k + l] * b[right ? j * k + l : l * n + j];
                }
            }
        }
        return c;
    }
}
