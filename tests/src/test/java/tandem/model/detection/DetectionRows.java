package tandem.model.detection;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import tandem.engine.DataType;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.OperationRow;
import tandem.engine.operation.Values;

/**
 * Rows of the operation test table: matching, losses, decoding and suppression, with batches of one, one anchor and one
 * class.
 */
public final class DetectionRows {

    private static final Anchors ANCHORS = Anchors.of(64, 32, List.of(8, 16));
    private static final int COUNT = ANCHORS.count();

    private DetectionRows() {}

    /** All rows. */
    public static List<OperationRow> rows() {
        List<OperationRow> rows = new ArrayList<>();
        for (int[] sides : new int[][] {{3, COUNT, 3}, {1, 1, 1}, {2, 1500, 5}}) {
            rows.add(classLoss(sides[0], sides[1], sides[2], false));
            rows.add(classLoss(sides[0], sides[1], sides[2], true));
        }
        for (int images : new int[] {1, 3}) {
            rows.add(boxLoss(images, false));
            rows.add(boxLoss(images, true));
            rows.add(decode(images));
            rows.add(matchByIou(images));
            rows.add(matchByGuide(images));
            rows.add(suppression(images, images == 1));
        }
        return rows;
    }

    private static float[] floats(double[] values) {
        float[] result = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            result[i] = (float) values[i];
        }
        return result;
    }

    private static int[] ints(double[] values) {
        return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
    }

    private static double[] doubles(int[] values) {
        return Arrays.stream(values).asDoubleStream().toArray();
    }

    /** 1 for the first image, 0 for the second, then one half. */
    private static Values imageWeights() {
        return (count, random) -> IntStream.range(0, count)
                .mapToDouble(i -> i % 2 == 1 ? 0 : i == 0 ? 1 : i == 2 ? 0 : 0.5)
                .toArray();
    }

    private static OperationRow targets(OperationRow row, int images, int anchors, int classes) {
        return row.fixed(
                        "labels", DataType.INT32, Shape.of(images, anchors), Values.integers(-1 - classes, classes - 1))
                .fixed("qualities", DataType.FLOAT32, Shape.of(images, anchors), Values.uniform(0.1, 1))
                .fixed("targets", DataType.FLOAT32, Shape.of(images, anchors, 4), Values.normal(0, 2))
                .fixed("box_weights", DataType.FLOAT32, Shape.of(images, anchors), Values.uniform(0, 1))
                .fixed("weights", DataType.FLOAT32, Shape.of(images, 2), imageWeights());
    }

    private static Targets targets(List<Tensor> in) {
        return new Targets(in.get(1), in.get(2), in.get(3), in.get(4));
    }

    private static ReferenceLoss.Batch batch(int anchors, double[][] in) {
        return new ReferenceLoss.Batch(
                anchors, ints(in[1]), floats(in[2]), floats(in[3]), floats(in[4]), floats(in[5]));
    }

    private static OperationRow classLoss(int images, int anchors, int classes, boolean soft) {
        Shape shape = Shape.of(images, anchors, classes);
        OperationRow row = OperationRow.named((soft ? "quality_focal_loss " : "focal_loss ") + shape)
                .input("conf", shape, Values.normal(-1, 3));
        return targets(row, images, anchors, classes)
                .builds((graph, in) -> List.of(
                        soft
                                ? QualityFocalLoss.apply(graph, in.get(0), targets(in), in.get(5))
                                : FocalLoss.apply(graph, in.get(0), targets(in), in.get(5))))
                .reference(in ->
                        new double[][] {{ReferenceLoss.classification(in[0], classes, batch(anchors, in), soft)}})
                .tolerance(
                        2e-6,
                        1e-5,
                        "float exponentials and a sum of up to 15,000 terms; slopes below 1e-5 of the loss are lost in its differences");
    }

    private static OperationRow boxLoss(int images, boolean generalizedIou) {
        Shape shape = Shape.of(images, COUNT, 4);
        OperationRow row = OperationRow.named((generalizedIou ? "generalized_iou " : "balanced_l1 ") + shape)
                .input("loc", shape, Values.normal(0, 2));
        return targets(row, images, COUNT, 2)
                .builds((graph, in) -> List.of(
                        generalizedIou
                                ? GeneralizedIouLoss.apply(
                                        graph, in.get(0), ANCHORS.constant(graph), targets(in), in.get(5))
                                : BalancedL1Loss.apply(graph, in.get(0), targets(in), in.get(5))))
                .reference(in -> new double[][] {
                    {ReferenceLoss.boxes(in[0], batch(COUNT, in), generalizedIou ? ANCHORS.values() : null)}
                })
                .tolerance(2e-6, 1e-5, "float exponentials and a sum of hundreds of terms");
    }

    private static OperationRow decode(int images) {
        Shape shape = Shape.of(images, COUNT, 4);
        return OperationRow.named("box_decode " + shape)
                .fixed("loc", DataType.FLOAT32, shape, Values.normal(0, 4))
                .builds((graph, in) -> List.of(BoxCoding.decode(graph, in.get(0), ANCHORS.constant(graph))))
                .reference(in -> new double[][] {
                    IntStream.range(0, images * COUNT)
                            .boxed()
                            .flatMapToDouble(i -> Arrays.stream(Geometry.decode(
                                    Arrays.copyOfRange(in[0], 4 * i, 4 * i + 4),
                                    Geometry.row(ANCHORS.values(), i % COUNT))))
                            .toArray()
                })
                .tolerance(1e-6, "a float exponential")
                .forwardOnly();
    }

    /** Boxes of a batch in which the last image but the first has none. */
    private static Boxes boxes(int images) {
        int[] counts = IntStream.range(0, images)
                .map(n -> n == 0 ? 4 : n == images - 1 ? 0 : 2)
                .toArray();
        return Boxes.random(new SplittableRandom(images), ANCHORS, 2, 4, counts);
    }

    private static OperationRow truth(OperationRow row, Boxes boxes) {
        int images = boxes.counts().length;
        double[] corners = IntStream.range(0, boxes.corners().length)
                .mapToDouble(i -> boxes.corners()[i])
                .toArray();
        return row.fixed("boxes", DataType.FLOAT32, Shape.of(images, 4, 4), Values.of(corners))
                .fixed("box_labels", DataType.INT32, Shape.of(images, 4), Values.of(doubles(boxes.labels())))
                .fixed("box_counts", DataType.INT32, Shape.of(images), Values.of(doubles(boxes.counts())));
    }

    private static double[][] results(Stream<ReferenceMatching.Result> images) {
        List<ReferenceMatching.Result> all = images.toList();
        return new double[][] {
            all.stream()
                    .flatMapToInt(r -> Arrays.stream(r.labels()))
                    .asDoubleStream()
                    .toArray(),
            all.stream().flatMapToDouble(r -> Arrays.stream(r.qualities())).toArray(),
            all.stream()
                    .flatMap(r -> Arrays.stream(r.boxes()))
                    .flatMapToDouble(Arrays::stream)
                    .toArray(),
            all.stream().flatMapToDouble(r -> Arrays.stream(r.weights())).toArray()
        };
    }

    private static List<Tensor> list(Targets targets) {
        return List.of(targets.labels(), targets.qualities(), targets.boxes(), targets.boxWeights());
    }

    private static OperationRow matchByIou(int images) {
        Boxes boxes = boxes(images);
        return truth(OperationRow.named("match_iou, " + images + " images"), boxes)
                .builds((graph, in) -> list(
                        Matching.iou(graph, ANCHORS.constant(graph), new GroundTruth(in.get(0), in.get(1), in.get(2)))))
                .reference(in -> results(
                        IntStream.range(0, images).mapToObj(n -> ReferenceMatching.iou(ANCHORS.values(), boxes, n))))
                .tolerance(1e-5, "coordinates of float over a tenth of an anchor")
                .forwardOnly();
    }

    private static OperationRow matchByGuide(int images) {
        Boxes boxes = boxes(images);
        return truth(OperationRow.named("match_mutual_guide, " + images + " images"), boxes)
                .fixed("loc", DataType.FLOAT32, Shape.of(images, COUNT, 4), Values.normal(0, 1))
                .fixed("conf", DataType.FLOAT32, Shape.of(images, COUNT, 2), Values.normal(-1, 2))
                .builds((graph, in) -> list(Matching.mutualGuide(
                        graph,
                        ANCHORS.constant(graph),
                        new GroundTruth(in.get(0), in.get(1), in.get(2)),
                        in.get(3),
                        in.get(4))))
                .reference(in -> results(IntStream.range(0, images)
                        .mapToObj(n -> ReferenceMatching.mutualGuide(
                                ANCHORS.values(),
                                boxes,
                                n,
                                floats(Arrays.copyOfRange(in[3], 4 * COUNT * n, 4 * COUNT * (n + 1))),
                                floats(Arrays.copyOfRange(in[4], 2 * COUNT * n, 2 * COUNT * (n + 1))),
                                2))))
                .tolerance(1e-5, "coordinates of float over a tenth of an anchor")
                .forwardOnly();
    }

    private static OperationRow suppression(int images, boolean anyClass) {
        NonMaximumSuppression.Settings settings = new NonMaximumSuppression.Settings(0.1f, 0.4f, 200, 30, anyClass);
        return OperationRow.named(
                        "non_maximum_suppression, " + images + " images" + (anyClass ? ", across classes" : ""))
                .fixed("loc", DataType.FLOAT32, Shape.of(images, COUNT, 4), Values.normal(0, 2))
                .fixed("conf", DataType.FLOAT32, Shape.of(images, COUNT, 2), Values.normal(-1, 2))
                .builds((graph, in) -> {
                    Detections found =
                            NonMaximumSuppression.apply(graph, in.get(0), in.get(1), ANCHORS.constant(graph), settings);
                    return List.of(found.boxes(), found.scores(), found.labels(), found.counts());
                })
                .reference(in -> suppressed(images, settings, floats(in[0]), floats(in[1])))
                .tolerance(2e-6, "float exponentials")
                .forwardOnly();
    }

    private static double[][] suppressed(
            int images, NonMaximumSuppression.Settings settings, float[] loc, float[] conf) {
        int limit = settings.detections();
        double[][] out = {
            new double[images * limit * 4], new double[images * limit], new double[images * limit], new double[images]
        };
        Arrays.fill(out[2], -1);
        for (int n = 0; n < images; n++) {
            List<ReferenceSuppression.Candidate> kept = ReferenceSuppression.apply(
                    Arrays.copyOfRange(loc, 4 * COUNT * n, 4 * COUNT * (n + 1)),
                    Arrays.copyOfRange(conf, 2 * COUNT * n, 2 * COUNT * (n + 1)),
                    2,
                    ANCHORS.values(),
                    settings);
            out[3][n] = kept.size();
            for (int d = 0; d < kept.size(); d++) {
                System.arraycopy(kept.get(d).box(), 0, out[0], 4 * (n * limit + d), 4);
                out[1][n * limit + d] = kept.get(d).score();
                out[2][n * limit + d] = kept.get(d).label();
            }
        }
        return out;
    }
}
