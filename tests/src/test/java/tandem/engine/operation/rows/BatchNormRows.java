package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tandem.engine.Activation;
import tandem.engine.Shape;
import tandem.engine.operation.BatchNorm;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;

/**
 * Batch normalization: with and without residual, three slopes, odd channel counts, a single pixel, one that threads
 * share, more channels than a tile has elements; constant channels, low contrast, an outlier in the first pixel, a
 * trend, and a channel with a NaN.
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
        rows.add(train(new int[] {3, 2, 2, 600}, 0.1f, true));
        rows.add(constantChannels());
        for (int c : new int[] {32, 7}) {
            rows.add(lowContrast(new int[] {2, 24, 25, c}));
            for (double outlier : new double[] {30, 1e4, -1e6}) {
                rows.add(outlierFirst(new int[] {2, 24, 25, c}, outlier));
            }
            rows.add(trend(new int[] {2, 24, 25, c}));
            rows.add(oneNaN(new int[] {2, 9, 11, c}, false));
            rows.add(oneNaN(new int[] {2, 9, 11, c}, true));
        }
        return rows;
    }

    /** Images without contrast: the result is beta, exactly. */
    private static OperationRow constantChannels() {
        int[] sides = {4, 37, 29, 24};
        OperationRow row = OperationRow.named("batch_norm train of constant channels " + Shape.of(sides))
                .input(
                        "x",
                        Shape.of(sides),
                        (count, random) -> IntStream.range(0, count)
                                .mapToDouble(i -> (float) (Math.exp(i % 24 - 12) / 3))
                                .toArray());
        return withParameters(row, Shape.of(24))
                .builds((graph, in) -> List.of(BatchNorm.train(
                        graph, in.get(0), in.get(1), in.get(2), in.get(3), in.get(4), null, Activation.NONE)))
                .reference(in -> new double[][] {
                    IntStream.range(0, in[0].length)
                            .mapToDouble(i -> in[2][i % 24])
                            .toArray()
                })
                .tolerance(0, "x - mean is 0")
                .forwardOnly();
    }

    /** A standard deviation of a ten-thousandth of the mean. */
    private static OperationRow lowContrast(int[] sides) {
        return trained(
                        withParameters(
                                OperationRow.named("batch_norm train of low contrast " + Shape.of(sides))
                                        .input("x", Shape.of(sides), Values.normal(100, 0.01)),
                                Shape.of(sides[3])),
                        sides[3],
                        1,
                        false)
                .tolerance(3e-4, "the mean is rounded to float, here by up to 4e-4 standard deviations")
                .forwardOnly();
    }

    /** The first pixel of the first image is far from all others: sums of differences from it would be inexact. */
    private static OperationRow outlierFirst(int[] sides, double outlier) {
        OperationRow row = OperationRow.named("batch_norm train, first pixel " + outlier + " " + Shape.of(sides))
                .input("x", Shape.of(sides), (count, random) -> {
                    double[] values = Values.normal(0.5, 2).make(count, random);
                    Arrays.fill(values, 0, sides[3], (float) outlier);
                    return values;
                });
        return trained(withParameters(row, Shape.of(sides[3])), sides[3], 1, false)
                .tolerance(2e-5, "the running variance comes from float sums of a chunk with that pixel")
                .forwardOnly();
    }

    /** Values that grow over the image, so that no row is near the mean of all. */
    private static OperationRow trend(int[] sides) {
        OperationRow row = OperationRow.named("batch_norm train of a trend " + Shape.of(sides))
                .input("x", Shape.of(sides), (count, random) -> {
                    double[] values = Values.normal(0, 0.1).make(count, random);
                    for (int i = 0; i < count; i++) {
                        values[i] = (float) (values[i] + i / sides[3] * 0.1 - 20);
                    }
                    return values;
                });
        return trained(withParameters(row, Shape.of(sides[3])), sides[3], 1, false)
                .tolerance(1e-5, "variance from float sums")
                .forwardOnly();
    }

    /** The channel with the NaN is NaN everywhere, its statistics included; the others are not. */
    private static OperationRow oneNaN(int[] sides, boolean residual) {
        OperationRow row = OperationRow.named(
                        "batch_norm train with a NaN " + Shape.of(sides) + (residual ? ", residual" : ""))
                .input("x", Shape.of(sides), (count, random) -> {
                    double[] values = Values.normal(0.5, 2).make(count, random);
                    values[count / sides[3] / 2 * sides[3] + 3] = Double.NaN;
                    return values;
                });
        withParameters(row, Shape.of(sides[3]));
        if (residual) {
            row.input("residual", Shape.of(sides), Values.normal(0, 1));
        }
        return trained(row, sides[3], 0, residual)
                .tolerance(1e-5, "variance from float sums")
                .forwardOnly();
    }

    private static String label(int[] sides, float slope, boolean residual) {
        return Shape.of(sides) + ", slope " + slope + (residual ? ", residual" : "");
    }

    private static OperationRow operands(String name, int[] sides, boolean residual) {
        OperationRow row = OperationRow.named(name).input("x", Shape.of(sides), Values.normal(0.5, 2));
        withParameters(row, Shape.of(sides[3]));
        return residual ? row.input("residual", Shape.of(sides), Values.normal(0, 1)) : row;
    }

    private static OperationRow withParameters(OperationRow row, Shape channels) {
        return row.parameter("gamma", channels, Values.uniform(0.5, 1.5))
                .parameter("beta", channels, Values.uniform(0.2, 1))
                .state("running_mean", channels, Values.normal(0, 1))
                .state("running_variance", channels, Values.uniform(0.5, 2));
    }

    private static OperationRow train(int[] sides, float slope, boolean residual) {
        return trained(
                        operands("batch_norm train " + label(sides, slope, residual), sides, residual),
                        sides[3],
                        slope,
                        residual)
                .tolerance(
                        1e-5,
                        sides[0] * sides[1] * sides[2] > 2 ? 1e-4 : 1e-3,
                        "variance from float sums; dx is a difference of nearly equal terms, the more so for two values")
                .stored(1, 2, "x", "residual");
    }

    private static OperationRow trained(OperationRow row, int channels, float slope, boolean residual) {
        return row.builds((graph, in) -> List.of(
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
                .reference(in -> trained(in, channels, slope));
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
            y[i] = Math.max(value, slope * value);
        }
        return y;
    }
}
