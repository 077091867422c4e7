package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Shape;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Pool;
import tandem.engine.operation.Values;

/** Pooling: the stem's window, odd sizes, padding with all values negative, a single pixel. */
public final class PoolRows {

    private PoolRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int[] one : new int[][] {
            {2, 8, 8, 16, 3, 2, 1},
            {1, 7, 9, 5, 3, 2, 1},
            {2, 6, 4, 3, 2, 2, 0},
            {1, 1, 1, 4, 3, 1, 1},
            {1, 20, 17, 2, 16, 3, 8}
        }) {
            for (Values values : List.of(Values.distinct(0.01), Values.uniform(-2, -1))) {
                rows.add(OperationRow.named("max_pool (" + one[0] + ", " + one[1] + ", " + one[2] + ", " + one[3]
                                + ") window " + one[4] + ", stride " + one[5] + ", padding " + one[6]
                                + (rows.size() % 2 == 0 ? "" : ", all negative"))
                        .input("x", Shape.of(one[0], one[1], one[2], one[3]), values)
                        .builds((graph, in) -> List.of(Pool.max(graph, in.get(0), one[4], one[5], one[6])))
                        .reference(in -> new double[][] {max(in[0], one)})
                        .tolerance(0, 1e-6, "a maximum is one of its inputs; gradients add up"));
            }
        }
        // At most 256 values half a unit apart from whole numbers: all different in 16 bits too.
        for (int[] one : new int[][] {{1, 4, 6, 8, 3, 2, 1}, {2, 6, 4, 3, 2, 2, 0}, {1, 15, 17, 1, 16, 3, 8}}) {
            rows.add(OperationRow.named(
                            "max_pool of few values (" + one[0] + ", " + one[1] + ", " + one[2] + ", " + one[3] + ")")
                    .input("x", Shape.of(one[0], one[1], one[2], one[3]), Values.distinct(1))
                    .builds((graph, in) -> List.of(Pool.max(graph, in.get(0), one[4], one[5], one[6])))
                    .reference(in -> new double[][] {max(in[0], one)})
                    .tolerance(0, 1e-6, "a maximum is one of its inputs; gradients add up")
                    .stored(0, 1, "x"));
        }
        for (int[] sides : new int[][] {{2, 7, 7, 32}, {3, 1, 1, 5}, {1, 13, 3, 7}}) {
            rows.add(OperationRow.named("global_average " + Shape.of(sides))
                    .input("x", Shape.of(sides), Values.normal(1, 1))
                    .builds((graph, in) -> List.of(Pool.globalAverage(graph, in.get(0))))
                    .reference(in -> new double[][] {average(in[0], sides)})
                    .tolerance(1e-6, "float sums of up to 49 terms")
                    .stored(1, 1, "x"));
        }
        return rows;
    }

    private static double[] max(double[] x, int[] one) {
        int h = one[1];
        int w = one[2];
        int c = one[3];
        int outputH = (h + 2 * one[6] - one[4]) / one[5] + 1;
        int outputW = (w + 2 * one[6] - one[4]) / one[5] + 1;
        double[] y = new double[one[0] * outputH * outputW * c];
        java.util.Arrays.fill(y, Double.NEGATIVE_INFINITY);
        for (int at = 0; at < y.length; at++) {
            int column = at / c % outputW * one[5] - one[6];
            int row = at / c / outputW % outputH * one[5] - one[6];
            int n = at / c / outputW / outputH;
            for (int i = Math.max(0, row); i < Math.min(h, row + one[4]); i++) {
                for (int j = Math.max(0, column); j < Math.min(w, column + one[4]); j++) {
                    y[at] = Math.max(y[at], x[((n * h + i) * w + j) * c + at % c]);
                }
            }
        }
        return y;
    }

    private static double[] average(double[] x, int[] sides) {
        int area = sides[1] * sides[2];
        double[] y = new double[sides[0] * sides[3]];
        for (int i = 0; i < x.length; i++) {
            y[i / sides[3] / area * sides[3] + i % sides[3]] += x[i] / area;
        }
        return y;
    }
}
