package tandem.model.distillation;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;
import tandem.model.settings.DistilledImages;

/**
 * Rows of the operation test table: losses of imitation, with batches of one, one cell, one anchor and images without
 * teacher.
 */
public final class ImitationRows {

    private ImitationRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int[] s : new int[][] {{1, 1}, {3, 7}, {2, 700}}) {
            rows.add(location(s[0], s[1]));
        }
        for (int[] s : new int[][] {{1, 1, 1}, {3, 7, 3}, {2, 900, 5}}) {
            rows.add(confidence(s[0], s[1], s[2], 1));
            rows.add(confidence(s[0], s[1], s[2], 2));
        }
        for (int[] s : new int[][] {{1, 1, 1, 2}, {3, 5, 7, 4}, {2, 20, 20, 3}}) {
            rows.add(segmentation(s, 1));
            rows.add(segmentation(s, 3));
        }
        rows.add(features(1, new int[] {1}, 1));
        rows.add(features(3, new int[] {5, 2}, 8));
        rows.add(features(3, new int[] {4, 3, 1}, 3));
        rows.add(features(2, new int[] {13}, 64));
        for (int[] s : new int[][] {{1, 1, 1}, {3, 7, 3}, {2, 900, 5}}) {
            rows.add(guided(s[0], s[1], s[2]));
            rows.add(absolute(s[0], s[1]));
        }
        rows.addAll(CellRows.rows());
        for (DistilledImages detection : DistilledImages.values()) {
            rows.add(images(5, detection, DistilledImages.LABELLED));
        }
        rows.add(images(1, DistilledImages.UNLABELLED, DistilledImages.ALL));
        return rows;
    }

    /** 0 for the second image, another number for each of the others. */
    static Values shares() {
        return (count, random) -> IntStream.range(0, count)
                .mapToDouble(i -> i / 2 == 1 ? 0 : 0.25 * (1 + i))
                .toArray();
    }

    private static OperationRow pair(String name, Shape shape, Values values) {
        return OperationRow.named(name + " " + shape)
                .input("student", shape, values)
                .fixed("teacher", DataType.FLOAT32, shape, values)
                .fixed("images", DataType.FLOAT32, Shape.of(shape.dim(0), 2), shares());
    }

    private static OperationRow location(int n, int anchors) {
        return pair("imitation_location", Shape.of(n, anchors, 4), Values.normal(0, 0.3))
                .builds((graph, in) -> List.of(OutputImitation.location(graph, in.get(0), in.get(1), in.get(2), 0.7f)))
                .reference(in -> {
                    double sum = 0;
                    for (int i = 0; i < in[0].length; i++) {
                        sum += in[2][2 * (i / (4 * anchors))] * ReferenceImitation.balancedL1(in[0][i] - in[1][i]);
                    }
                    return new double[][] {{0.7f * sum / (4 * anchors)}};
                })
                .tolerance(2e-6, 1e-5, "float logarithms and a sum of thousands of terms");
    }

    private static OperationRow confidence(int n, int anchors, int classes, double temperature) {
        return pair("imitation_confidence at " + temperature, Shape.of(n, anchors, classes), Values.normal(-1, 2))
                .builds((graph, in) -> List.of(
                        OutputImitation.confidence(graph, in.get(0), in.get(1), in.get(2), 0.7f, (float) temperature)))
                .reference(in -> {
                    double sum = 0;
                    for (int i = 0; i < in[0].length; i++) {
                        sum += in[2][2 * (i / (anchors * classes))]
                                * ReferenceImitation.confidence(in[0][i] / temperature, in[1][i] / temperature);
                    }
                    return new double[][] {{0.7f * 250 * temperature * temperature * sum / anchors}};
                })
                .tolerance(2e-6, 1e-5, "float exponentials and a sum of thousands of terms");
    }

    /** The squared difference of probabilities is taken from copies of the logits, as it counts as constant. */
    private static OperationRow guided(int n, int anchors, int classes) {
        Shape shape = Shape.of(n, anchors, classes);
        double[] logits = Values.normal(-1, 2).make((int) shape.elements(), new SplittableRandom(n + anchors));
        int elements = anchors * classes;
        return OperationRow.named("imitation_guided " + shape)
                .input("student", shape, Values.of(logits))
                .fixed("teacher", DataType.FLOAT32, shape, Values.normal(-1, 2))
                .fixed("images", DataType.FLOAT32, Shape.of(n, 2), shares())
                .builds((graph, in) -> List.of(OutputImitation.guided(graph, in.get(0), in.get(1), in.get(2), 0.7f)))
                .reference(in -> {
                    double loss = 0;
                    for (int image = 0; image < n; image++) {
                        double sum = 0;
                        int sure = 0;
                        for (int i = image * elements; i < (image + 1) * elements; i++) {
                            double t = ReferenceImitation.logistic(in[1][i]);
                            sum += Math.pow(ReferenceImitation.logistic(logits[i]) - t, 2)
                                    * ReferenceImitation.binaryCrossEntropy(in[0][i], t);
                            sure += t > 0.5 ? 1 : 0;
                        }
                        loss += 0.7f * in[2][2 * image] * sum / Math.max(1, sure);
                    }
                    return new double[][] {{loss}};
                })
                .tolerance(2e-6, 1e-5, "float exponentials and a sum of thousands of terms");
    }

    private static OperationRow absolute(int n, int anchors) {
        return pair("imitation_absolute", Shape.of(n, anchors, 4), Values.normal(0, 1))
                .builds((graph, in) -> List.of(OutputImitation.absolute(graph, in.get(0), in.get(1), in.get(2), 0.7f)))
                .reference(in -> {
                    double sum = 0;
                    for (int i = 0; i < in[0].length; i++) {
                        sum += in[2][2 * (i / (4 * anchors))] * Math.abs(in[0][i] - in[1][i]);
                    }
                    return new double[][] {{0.7f * sum / (4 * anchors)}};
                })
                .tolerance(1e-6, 1e-5, "a sum of thousands of terms");
    }

    private static OperationRow segmentation(int[] s, double temperature) {
        int pixels = s[1] * s[2];
        return pair("imitation_segmentation at " + temperature, Shape.of(s), Values.normal(0, 3))
                .builds((graph, in) -> List.of(OutputImitation.segmentation(
                        graph, in.get(0), in.get(1), in.get(2), 0.7f, (float) temperature)))
                .reference(in -> {
                    double sum = 0;
                    for (int p = 0; p < s[0] * pixels; p++) {
                        sum += in[2][2 * (p / pixels) + 1]
                                * ReferenceImitation.divergence(in[0], in[1], p * s[3], s[3], temperature);
                    }
                    return new double[][] {{0.7f * temperature * temperature * sum / pixels}};
                })
                .tolerance(5e-6, 1e-5, "differences of float exponentials and logarithms");
    }

    private static OperationRow features(int n, int[] sides, int channels) {
        int levels = sides.length;
        int cells = IntStream.of(sides).map(side -> side * side).sum();
        OperationRow row = OperationRow.named(
                "imitation_features, " + n + " images, " + cells + " cells, " + channels + " channels");
        for (int side : sides) {
            row.input("student" + side, Shape.of(n, side, side, channels), Values.normal(0, 1));
        }
        for (int side : sides) {
            row.fixed("teacher" + side, DataType.FLOAT32, Shape.of(n, side, side, channels), Values.normal(0, 1));
        }
        Values weights = (count, random) -> {
            double[] values = Values.uniform(0.1, 1).make(count, random);
            for (int i = cells; i < Math.min(count, 2 * cells); i++) {
                values[i] = 0;
            }
            return values;
        };
        return row.fixed("cells", DataType.FLOAT32, Shape.of(n, cells), weights)
                .builds((graph, in) -> List.of(FeatureImitation.loss(
                        graph, in.subList(0, levels), in.subList(levels, 2 * levels), in.get(2 * levels))))
                .reference(in -> {
                    double[][] students = java.util.Arrays.copyOfRange(in, 0, levels);
                    double[][] teachers = java.util.Arrays.copyOfRange(in, levels, 2 * levels);
                    return new double[][] {
                        {ReferenceImitation.features(students, teachers, in[2 * levels], n, channels)}
                    };
                })
                .tolerance(2e-6, 1e-5, "squares and a sum of thousands of terms");
    }

    private static OperationRow images(int n, DistilledImages detection, DistilledImages segmentation) {
        Values weights = (count, random) -> IntStream.range(0, count)
                .mapToDouble(i -> new double[] {1, 0, 0.5, 1, 2, 0, 0, 1}[i % 8])
                .toArray();
        return OperationRow.named("imitation_images, " + n + " images, " + detection + " and " + segmentation)
                .fixed("weights", DataType.FLOAT32, Shape.of(n, 2), weights)
                .builds((graph, in) ->
                        List.<Tensor>of(DistilledImageWeights.of(graph, in.get(0), detection, segmentation)))
                .reference(in -> {
                    double[] shares = new double[2 * n];
                    DistilledImages[] chosen = {detection, segmentation};
                    for (int task = 0; task < 2; task++) {
                        int column = task;
                        DistilledImages which = chosen[task];
                        int[] taught = IntStream.range(0, n)
                                .filter(i -> which == DistilledImages.ALL
                                        || in[0][2 * i + column] >= 1 == (which == DistilledImages.LABELLED))
                                .toArray();
                        for (int i : taught) {
                            shares[2 * i + task] = 1.0 / taught.length;
                        }
                    }
                    return new double[][] {shares};
                })
                .tolerance(1e-7, "one division")
                .forwardOnly();
    }
}
