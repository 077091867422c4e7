package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import tandem.engine.Shape;
import tandem.engine.operation.Concatenate;
import tandem.engine.operation.Crop;
import tandem.engine.operation.Merge;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Upsample;
import tandem.engine.operation.Values;

/**
 * Up-sampling, cropping, context enhancement and concatenation: channels in fours or not, single pixels, single images.
 */
public final class ResamplingRows {

    private ResamplingRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int[] s : new int[][] {
            {1, 1, 1, 1, 1},
            {1, 1, 1, 4, 2},
            {2, 3, 5, 4, 2},
            {2, 3, 2, 3, 2},
            {1, 2, 3, 8, 4},
            {1, 2, 1, 5, 3},
            {3, 1, 7, 12, 8},
            {2, 9, 9, 64, 2}
        }) {
            rows.add(nearest(s[0], s[1], s[2], s[3], s[4]));
            rows.add(nearestAdd(s[0], s[1], s[2], s[3], s[4]));
        }
        for (int[] s : new int[][] {
            {1, 1, 1, 1, 1, 1},
            {1, 1, 1, 4, 3, 5},
            {2, 2, 3, 4, 4, 6},
            {1, 3, 5, 3, 7, 11},
            {2, 4, 4, 8, 16, 16},
            {1, 5, 7, 2, 3, 2},
            {1, 6, 6, 4, 1, 1},
            {1, 1, 9, 1, 4, 4},
            {2, 3, 4, 4, 3, 4},
            {1, 2, 2, 1, 13, 9},
            {2, 8, 8, 21, 32, 32}
        }) {
            rows.add(bilinear(s[0], s[1], s[2], s[3], s[4], s[5]));
        }
        for (int[] s : new int[][] {
            {1, 2, 2, 1, 1, 1}, {2, 6, 4, 3, 5, 3}, {3, 5, 8, 4, 5, 7}, {1, 12, 12, 8, 11, 11}, {2, 1, 9, 5, 1, 2}
        }) {
            rows.add(crop(s[0], s[1], s[2], s[3], s[4], s[5]));
        }
        rows.add(enhance(1, 4, 4, 4, 1));
        rows.add(enhance(1, 1, 1, 5, 1));
        rows.add(enhance(2, 4, 8, 4, 1, 2));
        rows.add(enhance(1, 8, 4, 3, 1, 2, 4));
        rows.add(enhance(2, 8, 8, 64, 1, 2, 4));
        rows.add(enhance(2, 4, 4, 8, 1, 4, 2));
        rows.add(enhance(1, 8, 8, 1, 1, 2, 4, 8));
        rows.add(concatenate(1, 1, 1));
        rows.add(concatenate(2, 4, 3, 5));
        rows.add(concatenate(1, 5, 6, 24, 96));
        rows.add(concatenate(3, 2, 2, 1, 3));
        rows.add(concatenate(2, 3, 4, 0, 8));
        rows.add(concatenate(4, 21, 150, 54));
        return rows;
    }

    private static OperationRow nearest(int n, int h, int w, int c, int factor) {
        return OperationRow.named("upsample_nearest " + Shape.of(n, h, w, c) + " x " + factor)
                .input("x", Shape.of(n, h, w, c), Values.normal(0, 1))
                .builds((graph, in) -> List.of(Upsample.nearest(graph, in.get(0), factor)))
                .reference(in -> new double[][] {ReferenceResampling.nearest(in[0], n, h, w, c, factor)})
                .tolerance(0, 1e-6, "copies; gradients are sums of factor x factor terms")
                .stored(0, 1, "x");
    }

    private static OperationRow crop(int n, int h, int w, int c, int height, int width) {
        return OperationRow.named("crop " + Shape.of(n, h, w, c) + " to " + height + " x " + width)
                .input("x", Shape.of(n, h, w, c), Values.normal(0, 1))
                .builds((graph, in) -> List.of(Crop.upperLeft(graph, in.get(0), height, width)))
                .reference(in -> {
                    double[] y = new double[n * height * width * c];
                    for (int i = 0; i < y.length; i++) {
                        int column = i / c % width;
                        int row = i / (c * width) % height;
                        int image = i / (c * width * height);
                        y[i] = in[0][((image * h + row) * w + column) * c + i % c];
                    }
                    return new double[][] {y};
                })
                .tolerance(0, 1e-6, "copies")
                .stored(0, 0, "x");
    }

    private static OperationRow nearestAdd(int n, int h, int w, int c, int factor) {
        return OperationRow.named("upsample_nearest_add " + Shape.of(n, h, w, c) + " x " + factor)
                .input("coarse", Shape.of(n, h, w, c), Values.normal(0, 1))
                .input("fine", Shape.of(n, h * factor, w * factor, c), Values.normal(0, 1))
                .builds((graph, in) -> List.of(Upsample.nearestAdd(graph, in.get(0), in.get(1), factor)))
                .reference(in -> {
                    double[] repeated = ReferenceResampling.nearest(in[0], n, h, w, c, factor);
                    return new double[][] {
                        IntStream.range(0, repeated.length)
                                .mapToDouble(i -> repeated[i] + in[1][i])
                                .toArray()
                    };
                })
                .tolerance(1e-6, "one sum; gradients are sums of factor x factor terms")
                .stored(1, 1, "coarse", "fine");
    }

    private static OperationRow bilinear(int n, int h, int w, int c, int outputH, int outputW) {
        return OperationRow.named(
                        "upsample_bilinear " + Shape.of(n, h, w, c) + " to (" + outputH + ", " + outputW + ")")
                .input("x", Shape.of(n, h, w, c), Values.normal(0, 1))
                .builds((graph, in) -> List.of(Upsample.bilinear(graph, in.get(0), outputH, outputW)))
                .reference(in -> new double[][] {ReferenceResampling.bilinear(in[0], n, h, w, c, outputH, outputW)})
                .tolerance(1e-6, "three blends; gradients are sums over the pixels that read one");
    }

    private static OperationRow enhance(int n, int h, int w, int c, int... factors) {
        float slope = 0.1f;
        OperationRow row = OperationRow.named("enhance " + Shape.of(n, h, w, c) + " by " + Arrays.toString(factors));
        // Of a single channel, some gradients are a single sum, which may cancel and leave the roundings alone.
        List<String> stored = new ArrayList<>(List.of("global"));
        for (int factor : factors) {
            row.input("map_" + factor, Shape.of(n, h / factor, w / factor, c), Values.normal(0, 1));
            stored.add("map_" + factor);
        }
        // Small ones: sums of numbers of 16 bits would be exactly 0 now and then, where there is no gradient.
        return row.input("global", Shape.of(n, 1, 1, c), Values.normal(0, 0.01))
                .builds((graph, in) ->
                        List.of(Merge.enhance(graph, in.subList(0, factors.length), in.get(factors.length), slope)))
                .reference(in -> {
                    double[] y = new double[n * h * w * c];
                    for (int m = 0; m < factors.length; m++) {
                        double[] map =
                                ReferenceResampling.nearest(in[m], n, h / factors[m], w / factors[m], c, factors[m]);
                        Arrays.setAll(y, i -> y[i] + map[i]);
                    }
                    Arrays.setAll(y, i -> y[i] + in[factors.length][i / (h * w * c) * c + i % c]);
                    return new double[][] {
                        Arrays.stream(y).map(v -> v > 0 ? v : slope * v).toArray()
                    };
                })
                .tolerance(1e-6, "a few sums; gradients are sums over the pixels that read one")
                .stored(1, 2 + factors.length, c > 1 ? stored.toArray(String[]::new) : new String[0]);
    }

    private static OperationRow concatenate(int n, int c, int... rowCounts) {
        OperationRow row = OperationRow.named("concatenate " + n + " x " + Arrays.toString(rowCounts) + " x " + c);
        List<String> stored = new ArrayList<>();
        for (int i = 0; i < rowCounts.length; i++) {
            row.input("piece_" + i, Shape.of(n, rowCounts[i], c), Values.normal(0, 1));
            stored.add("piece_" + i);
        }
        return row.builds((graph, in) -> List.of(Concatenate.rows(graph, in)))
                .reference(in -> {
                    double[] y = new double[n * Arrays.stream(rowCounts).sum() * c];
                    int at = 0;
                    for (int image = 0; image < n; image++) {
                        for (int i = 0; i < rowCounts.length; i++) {
                            System.arraycopy(in[i], image * rowCounts[i] * c, y, at, rowCounts[i] * c);
                            at += rowCounts[i] * c;
                        }
                    }
                    return new double[][] {y};
                })
                .tolerance(0, 1e-6, "copies; the reference gradient is a difference")
                .stored(0, 0, stored.toArray(String[]::new));
    }
}
