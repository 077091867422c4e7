package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;
import java.util.stream.IntStream;
import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Sum;
import tandem.engine.operation.Values;

/**
 * Element-wise operations, at lengths around the four elements of a thread and the 1024 of a block, and sums of
 * scalars.
 */
public final class ElementwiseRows {

    private ElementwiseRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int n : new int[] {1, 2, 3, 4, 5, 31, 1023, 1024, 1025, 4099}) {
            rows.add(OperationRow.named("add (" + n + ")")
                    .input("a", Shape.of(n), Values.normal(0, 1))
                    .input("b", Shape.of(n), Values.normal(0, 1))
                    .builds((graph, in) -> List.of(Elementwise.add(graph, in.get(0), in.get(1))))
                    .reference(in -> new double[][] {
                        IntStream.range(0, n)
                                .mapToDouble(i -> in[0][i] + in[1][i])
                                .toArray()
                    })
                    .tolerance(1e-7, 1e-6, "one sum; the reference gradient is a difference")
                    .stored(1, 0, "a", "b"));
        }
        rows.add(OperationRow.named("add (2, 3) to itself")
                .input("a", Shape.of(2, 3), Values.normal(0, 1))
                .builds((graph, in) -> List.of(Elementwise.add(graph, in.get(0), in.get(0))))
                .reference(in -> new double[][] {map(in[0], x -> 2 * x)})
                .tolerance(1e-7, 1e-6, "one sum; the reference gradient is a difference")
                .stored(1, 1, "a"));
        for (int[] sides : new int[][] {{}, {1}, {7}, {3, 5, 7, 5}, {2, 8, 8, 64}}) {
            rows.add(scale(Shape.of(sides)));
            rows.add(scaleBy(Shape.of(sides)));
            for (float slope : new float[] {0, 0.1f, 0.5f}) {
                rows.add(leaky(Shape.of(sides), slope));
            }
        }
        for (int count : new int[] {1, 2, 3, 4, 5, 7, 8, 11}) {
            rows.add(sum(count));
        }
        return rows;
    }

    private static OperationRow scale(Shape shape) {
        return OperationRow.named("scale " + shape)
                .input("x", shape, Values.normal(0, 1))
                .builds((graph, in) -> List.of(Elementwise.scale(graph, in.get(0), -1.5f)))
                .reference(in -> new double[][] {map(in[0], x -> -1.5 * x)})
                .tolerance(1e-7, 1e-6, "one product; the reference gradient is a difference");
    }

    private static OperationRow scaleBy(Shape shape) {
        return OperationRow.named("scale_by " + shape)
                .input("x", shape, Values.normal(0, 1))
                .fixed("factor", DataType.FLOAT32, Shape.of(), Values.of(0.3f))
                .builds((graph, in) -> List.of(Elementwise.scaleBy(graph, in.get(0), in.get(1))))
                .reference(in -> new double[][] {map(in[0], x -> in[1][0] * x)})
                .tolerance(1e-7, 1e-6, "one product; the reference gradient is a difference");
    }

    private static OperationRow leaky(Shape shape, float slope) {
        return OperationRow.named("leaky_relu " + shape + ", slope " + slope)
                .input("x", shape, Values.distinct(0.01))
                .builds((graph, in) -> List.of(Elementwise.leakyRelu(graph, in.get(0), slope)))
                .reference(in -> new double[][] {map(in[0], x -> x > 0 ? x : slope * x)})
                .tolerance(1e-7, 1e-6, "one product; the reference gradient is a difference")
                .stored(1, 1, "x");
    }

    private static OperationRow sum(int count) {
        float[] weights = new float[count];
        OperationRow row = OperationRow.named("weighted_sum of " + count);
        for (int i = 0; i < count; i++) {
            weights[i] = 0.5f * i - 1.25f;
            row.input("x" + i, i % 2 == 0 ? Shape.of() : Shape.of(1, 1), Values.normal(0, 1));
        }
        return row.builds((graph, in) -> List.of(Sum.weighted(graph, in, weights)))
                .reference(in -> new double[][] {
                    {
                        IntStream.range(0, count)
                                .mapToDouble(i -> weights[i] * in[i][0])
                                .sum()
                    }
                })
                .tolerance(1e-6, "a few products and sums");
    }

    private static double[] map(double[] x, DoubleUnaryOperator f) {
        return Arrays.stream(x).map(f).toArray();
    }
}
