package tandem.engine.operation.rows;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Activation;
import tandem.engine.Shape;
import tandem.engine.operation.BatchNorm;
import tandem.engine.operation.Convolution;
import tandem.engine.operation.Elementwise;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Pool;
import tandem.engine.operation.Upsample;
import tandem.engine.operation.Values;

/** Operations in the sizes of a real network, to be timed and not checked. */
public final class SpeedRows {

    private SpeedRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (Shape shape : List.of(Shape.of(8, 56, 56, 64), Shape.of(8, 14, 14, 256), Shape.of(1, 28, 28, 128))) {
            for (int side : new int[] {3, 1}) {
                rows.add(map("convolution " + side + "x" + side, shape)
                        .parameter("filter", Shape.of(shape.dim(3), side, side, shape.dim(3)), Values.normal(0, 0.05))
                        .builds((graph, in) ->
                                List.of(Convolution.apply(graph, in.get(0), in.get(1), null, 1, side / 2))));
            }
            rows.add(batchNorm(shape, false));
            rows.add(batchNorm(shape, true));
            rows.add(map("max pool 3x3, stride 2", shape)
                    .builds((graph, in) -> List.of(Pool.max(graph, in.get(0), 3, 2, 1))));
            rows.add(map("add", shape)
                    .input("b", shape, Values.normal(0, 1))
                    .builds((graph, in) -> List.of(Elementwise.add(graph, in.get(0), in.get(1)))));
            rows.add(map("leaky ReLU", shape)
                    .builds((graph, in) -> List.of(Elementwise.leakyRelu(graph, in.get(0), 0.1f))));
            rows.add(map("nearest up-sampling", shape)
                    .builds((graph, in) -> List.of(Upsample.nearest(graph, in.get(0), 2))));
            rows.add(map("bilinear up-sampling", shape)
                    .builds((graph, in) ->
                            List.of(Upsample.bilinear(graph, in.get(0), 2 * shape.dim(1), 2 * shape.dim(2)))));
        }
        return rows;
    }

    private static OperationRow map(String name, Shape shape) {
        return OperationRow.named(name + " " + shape).input("x", shape, Values.normal(0, 1));
    }

    private static OperationRow batchNorm(Shape shape, boolean residual) {
        Shape channels = Shape.of(shape.dim(3));
        OperationRow row = map("batch norm" + (residual ? ", residual" : "") + ", ReLU", shape)
                .parameter("gamma", channels, Values.uniform(0.5, 1.5))
                .parameter("beta", channels, Values.normal(0, 1))
                .state("mean", channels, Values.normal(0, 1))
                .state("variance", channels, Values.uniform(0.5, 1.5));
        return (residual ? row.input("residual", shape, Values.normal(0, 1)) : row)
                .builds((graph, in) -> List.of(BatchNorm.train(
                        graph,
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        in.get(3),
                        in.get(4),
                        residual ? in.get(5) : null,
                        Activation.RELU)));
    }
}
