package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.Shape;
import tandem.engine.operation.BatchNorm;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;

/**
 * Batch normalization: with and without residual, three slopes, odd channel counts, a single pixel, one that threads
 * share.
 */
public final class BatchNormRows {

    private static final double EPSILON = 1e-5f;

    private BatchNormRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int[] sides : new int[][] {{2, 5, 7, 16}, {3, 4, 4, 7}, {1, 1, 1, 5}, {1, 3, 1, 1}, {2, 1, 1, 33}}) {
            for (float slope : new float[] {1, 0, 0.1f}) {
                for (boolean residual : new boolean[] {false, true}) {
                    rows.add(train(sides, slope, residual));
                    rows.add(infer(sides, slope, residual));
                }
            }
        }
        int[] large = {2, 24, 25, 32};
        rows.add(train(large, 0, false));
        rows.add(train(large, 0, true));
        return rows;
    }

    private static String label(int[] sides, float slope, boolean residual) {
        return Shape.of(sides) + ", slope " + slope + (residual ? ", residual" : "");
    }

    private static OperationRow operands(String name, int[] sides, boolean residual) {
        Shape channels = Shape.of(sides[3]);
        OperationRow row = OperationRow.named(name)
                .input("x", Shape.of(sides), Values.normal(0.5, 2))
                .parameter("gamma", channels, Values.uniform(0.5, 1.5))
                .parameter("beta", channels, Values.uniform(0.2, 1))
                .state("running_mean", channels, Values.normal(0, 1))
                .state("running_variance", channels, Values.uniform(0.5, 2));
        return residual ? row.input("residual", Shape.of(sides), Values.normal(0, 1)) : row;
    }

    private static OperationRow train(int[] sides, float slope, boolean residual) {
        return operands("batch_norm train " + label(sides, slope, residual), sides, residual)
                .builds((graph, in) -> List.of(
                        BatchNorm.train(
                                graph,
                                in.get(0),
                                in.get(1),
                                in.get(2),
                                in.get(3),
                                in.get(4),
                                residual ? in.get(5) : null,
                                new Activation(slope)),
                        in.get(3),
                        in.get(4)))
                .reference(in -> trained(in, sides[3], slope))
                .tolerance(
                        1e-5,
                        sides[0] * sides[1] * sides[2] > 2 ? 1e-4 : 1e-3,
                        "variance from float sums; dx is a difference of nearly equal terms, the more so for two values")
                .stored(1, 2, "x", "residual");
    }

    private static OperationRow infer(int[] sides, float slope, boolean residual) {
        return operands("batch_norm infer " + label(sides, slope, residual), sides, residual)
                .builds((graph, in) -> List.of(BatchNorm.infer(
                        graph,
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        in.get(3),
                        in.get(4),
                        residual ? in.get(5) : null,
                        new Activation(slope))))
                .reference(in -> new double[][] {normalized(in, in[3], in[4], sides[3], slope)})
                .tolerance(1e-6, "a few float operations an element")
                .forwardOnly()
                .stored(1, 0, "x", "residual");
    }

    private static double[][] trained(double[][] in, int c, double slope) {
        int n = in[0].length / c;
        double[] mean = new double[c];
        double[] variance = new double[c];
        for (int i = 0; i < in[0].length; i++) {
            mean[i % c] += in[0][i] / n;
        }
        for (int i = 0; i < in[0].length; i++) {
            variance[i % c] += (in[0][i] - mean[i % c]) * (in[0][i] - mean[i % c]) / n;
        }
        double[] runningMean = new double[c];
        double[] runningVariance = new double[c];
        for (int k = 0; k < c; k++) {
            double unbiased = n > 1 ? variance[k] * n / (n - 1) : variance[k];
            runningMean[k] = 0.9 * in[3][k] + 0.1 * mean[k];
            runningVariance[k] = 0.9 * in[4][k] + 0.1 * unbiased;
        }
        return new double[][] {normalized(in, mean, variance, c, slope), runningMean, runningVariance};
    }

    private static double[] normalized(double[][] in, double[] mean, double[] variance, int c, double slope) {
        double[] y = new double[in[0].length];
        for (int i = 0; i < y.length; i++) {
            int k = i % c;
            double value = in[1][k] * (in[0][i] - mean[k]) / Math.sqrt(variance[k] + EPSILON)
                    + in[2][k]
                    + (in.length > 5 ? in[5][i] : 0);
            y[i] = value > 0 ? value : slope * value;
        }
        return y;
    }
}
