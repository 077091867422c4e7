package tandem.model.detection;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Shape;
import tandem.engine.Tensor;
import tandem.engine.operation.BackwardPass;
import tandem.engine.operation.Sum;

/** Losses against double-precision references, gradients against central differences of those references. */
class LossGradientTest {

    enum Loss {
        FOCAL,
        QUALITY_FOCAL,
        BALANCED_L1,
        GENERALIZED_IOU;

        boolean ofClasses() {
            return this == FOCAL || this == QUALITY_FOCAL;
        }

        Tensor apply(GraphRun run, Tensor prediction, Tensor anchors, Targets targets, Tensor weights) {
            return switch (this) {
                case FOCAL -> FocalLoss.apply(run.graph, prediction, targets, weights);
                case QUALITY_FOCAL -> QualityFocalLoss.apply(run.graph, prediction, targets, weights);
                case BALANCED_L1 -> BalancedL1Loss.apply(run.graph, prediction, targets, weights);
                case GENERALIZED_IOU -> GeneralizedIouLoss.apply(run.graph, prediction, anchors, targets, weights);
            };
        }

        double reference(double[] prediction, int classes, ReferenceLoss.Batch batch, float[] anchors) {
            return ofClasses()
                    ? ReferenceLoss.classification(prediction, classes, batch, this == QUALITY_FOCAL)
                    : ReferenceLoss.boxes(prediction, batch, this == GENERALIZED_IOU ? anchors : null);
        }
    }

    private static final Anchors ANCHORS = Anchors.of(64, 32, List.of(16, 32));
    private static final int COUNT = ANCHORS.count();
    private static final int CLASSES = 3;

    /** Random targets of which about a fifth are positive; images have the given weights. */
    private static ReferenceLoss.Batch batch(SplittableRandom random, boolean positives, float... imageWeights) {
        int rows = imageWeights.length * COUNT;
        int[] labels = new int[rows];
        float[] qualities = new float[rows];
        float[] boxes = new float[4 * rows];
        float[] boxWeights = new float[rows];
        for (int i = 0; i < rows; i++) {
            labels[i] =
                    random.nextInt(5) > 0 || !positives ? -1 - random.nextInt(CLASSES + 1) : random.nextInt(CLASSES);
            qualities[i] = labels[i] >= 0 ? (float) random.nextDouble(0.1, 1) : 0;
            boxWeights[i] = positives && random.nextInt(3) == 0 ? (float) random.nextDouble(0.1, 1) : 0;
            for (int k = 0; k < 4; k++) {
                boxes[4 * i + k] = boxWeights[i] > 0 ? (float) random.nextDouble(-3, 3) : 0;
            }
        }
        float[] weights = new float[2 * imageWeights.length];
        for (int n = 0; n < imageWeights.length; n++) {
            weights[2 * n] = imageWeights[n];
            weights[2 * n + 1] = Float.NaN;
        }
        return new ReferenceLoss.Batch(COUNT, labels, qualities, boxes, boxWeights, weights);
    }

    private static Targets targets(GraphRun run, ReferenceLoss.Batch batch) {
        int n = batch.images();
        return new Targets(
                run.ints("labels", Shape.of(n, COUNT), batch.labels()),
                run.floats("qualities", Shape.of(n, COUNT), batch.qualities()),
                run.floats("targets", Shape.of(n, COUNT, 4), batch.boxes()),
                run.floats("box_weights", Shape.of(n, COUNT), batch.boxWeights()));
    }

    private static float[] prediction(SplittableRandom random, Loss loss, ReferenceLoss.Batch batch) {
        int last = loss.ofClasses() ? CLASSES : 4;
        float[] values = new float[batch.images() * COUNT * last];
        for (int i = 0; i < values.length; i++) {
            // offsets stay near their targets, where balanced L1 is curved and boxes meet
            values[i] = loss.ofClasses()
                    ? (float) random.nextDouble(-6, 6)
                    : batch.boxes()[i] + (float) random.nextDouble(-1, 1) * (i % 3 == 0 ? 0.1f : 2);
        }
        return values;
    }

    private static Shape shape(Loss loss, ReferenceLoss.Batch batch) {
        return Shape.of(batch.images(), COUNT, loss.ofClasses() ? CLASSES : 4);
    }

    private static double[] centralDifferences(float[] at, ToDoubleFunction<double[]> function) {
        double[] x = new double[at.length];
        Arrays.setAll(x, i -> at[i]);
        double[] slopes = new double[x.length];
        double step = 1e-5;
        for (int i = 0; i < x.length; i++) {
            double value = x[i];
            x[i] = value + step;
            double above = function.applyAsDouble(x);
            x[i] = value - step;
            slopes[i] = (above - function.applyAsDouble(x)) / (2 * step);
            x[i] = value;
        }
        return slopes;
    }

    @ParameterizedTest
    @EnumSource
    void agreesWithTheReferenceOnABatchOfMixedWeights(Loss loss) {
        SplittableRandom random = new SplittableRandom(100 + loss.ordinal());
        ReferenceLoss.Batch batch = batch(random, true, 1, 0, 0.5f);
        float[] values = prediction(random, loss, batch);
        // the image of weight 0 may hold anything
        Arrays.fill(values, values.length / 3, values.length * 2 / 3, Float.NaN);
        float[] finite = values.clone();
        Arrays.fill(finite, values.length / 3, values.length * 2 / 3, 0);
        try (GraphRun run = GraphRun.small()) {
            Tensor input = run.floats("prediction", shape(loss, batch), values);
            Tensor weights = run.floats("weights", Shape.of(3, 2), batch.weights());
            Tensor result =
                    run.graph.keep(loss.apply(run, input, ANCHORS.constant(run.graph), targets(run, batch), weights));
            Tensor total = Sum.weighted(run.graph, List.of(result), 2.5f);
            Map<Tensor, Tensor> gradients = BackwardPass.append(run.graph, total, List.of(input, weights));
            assertNull(gradients.get(weights));
            run.run();
            double[] exact = new double[finite.length];
            Arrays.setAll(exact, i -> finite[i]);
            double expected = loss.reference(exact, CLASSES, batch, ANCHORS.values());
            assertEquals(expected, run.floats(result)[0], 2e-6 * Math.abs(expected));
            float[] gradient = run.floats(gradients.get(input));
            double[] slopes =
                    centralDifferences(finite, x -> 2.5 * loss.reference(x, CLASSES, batch, ANCHORS.values()));
            double largest = Arrays.stream(slopes).map(Math::abs).max().orElseThrow();
            assertTrue(largest > 1e-3);
            for (int i = 0; i < slopes.length; i++) {
                assertEquals(slopes[i], gradient[i], 1e-5 * largest + 1e-4 * Math.abs(slopes[i]), "element " + i);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void withoutPositivesNothingIsDividedByZero(Loss loss) {
        SplittableRandom random = new SplittableRandom(7);
        ReferenceLoss.Batch batch = batch(random, false, 1, 1);
        try (GraphRun run = GraphRun.small()) {
            float[] values = prediction(random, loss, batch);
            Tensor input = run.floats("prediction", shape(loss, batch), values);
            Tensor result = run.graph.keep(loss.apply(
                    run,
                    input,
                    ANCHORS.constant(run.graph),
                    targets(run, batch),
                    run.floats("weights", Shape.of(2, 2), batch.weights())));
            Tensor gradient =
                    BackwardPass.append(run.graph, result, List.of(input)).get(input);
            run.run();
            double[] exact = new double[values.length];
            Arrays.setAll(exact, i -> values[i]);
            double expected = loss.reference(exact, CLASSES, batch, ANCHORS.values());
            assertEquals(expected, run.floats(result)[0], 2e-6 * Math.abs(expected));
            assertEquals(loss.ofClasses(), expected > 0);
            for (float slope : run.floats(gradient)) {
                assertTrue(Float.isFinite(slope) && (loss.ofClasses() || slope == 0));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whenNoImageCountsLossAndGradientAreZero(Loss loss) {
        SplittableRandom random = new SplittableRandom(8);
        ReferenceLoss.Batch batch = batch(random, true, 0, 0);
        try (GraphRun run = GraphRun.small()) {
            float[] values = new float[Math.toIntExact(shape(loss, batch).elements())];
            Arrays.fill(values, Float.NaN);
            Tensor input = run.floats("prediction", shape(loss, batch), values);
            Tensor result = run.graph.keep(loss.apply(
                    run,
                    input,
                    ANCHORS.constant(run.graph),
                    targets(run, batch),
                    run.floats("weights", Shape.of(2, 2), batch.weights())));
            Tensor gradient =
                    BackwardPass.append(run.graph, result, List.of(input)).get(input);
            run.run();
            assertEquals(0, run.floats(result)[0]);
            for (float slope : run.floats(gradient)) {
                assertEquals(0, slope);
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void aPredictionThatIsNoNumberShowsInTheLoss(Loss loss) {
        SplittableRandom random = new SplittableRandom(10);
        ReferenceLoss.Batch batch = batch(random, true, 1);
        Arrays.fill(batch.boxWeights(), 1);
        float[] values = prediction(random, loss, batch);
        values[17] = Float.NaN;
        Arrays.fill(batch.labels(), 0);
        try (GraphRun run = GraphRun.small()) {
            Tensor result = run.graph.keep(loss.apply(
                    run,
                    run.floats("prediction", shape(loss, batch), values),
                    ANCHORS.constant(run.graph),
                    targets(run, batch),
                    run.floats("weights", Shape.of(1, 2), batch.weights())));
            run.run();
            assertTrue(Float.isNaN(run.floats(result)[0]));
        }
    }

    @ParameterizedTest
    @EnumSource
    void extremePredictionsStayFinite(Loss loss) {
        ReferenceLoss.Batch batch = batch(new SplittableRandom(11), true, 1);
        float[] values = new float[Math.toIntExact(shape(loss, batch).elements())];
        for (int i = 0; i < values.length; i++) {
            values[i] = (i % 2 == 0 ? 1 : -1) * (i % 3 == 0 ? 1e4f : 200);
        }
        try (GraphRun run = GraphRun.small()) {
            Tensor input = run.floats("prediction", shape(loss, batch), values);
            Tensor result = run.graph.keep(loss.apply(
                    run,
                    input,
                    ANCHORS.constant(run.graph),
                    targets(run, batch),
                    run.floats("weights", Shape.of(1, 2), batch.weights())));
            Tensor gradient =
                    BackwardPass.append(run.graph, result, List.of(input)).get(input);
            run.run();
            double[] exact = new double[values.length];
            Arrays.setAll(exact, i -> values[i]);
            double expected = loss.reference(exact, CLASSES, batch, ANCHORS.values());
            assertEquals(expected, run.floats(result)[0], 1e-5 * Math.abs(expected));
            for (float slope : run.floats(gradient)) {
                assertTrue(Float.isFinite(slope));
            }
        }
    }

    @Test
    void manyBlocksAddUpInOneOrder() {
        int anchors = 5000;
        SplittableRandom random = new SplittableRandom(12);
        int[] labels = new int[2 * anchors];
        Arrays.setAll(labels, i -> random.nextInt(50) == 0 ? 1 : -1);
        float[] conf = new float[2 * anchors * CLASSES];
        for (int i = 0; i < conf.length; i++) {
            conf[i] = (float) random.nextDouble(-5, 1);
        }
        float[] ones = new float[2 * anchors];
        Arrays.fill(ones, 1);
        ReferenceLoss.Batch batch =
                new ReferenceLoss.Batch(anchors, labels, ones, new float[8 * anchors], ones, new float[] {1, 0, 1, 0});
        double[] exact = new double[conf.length];
        Arrays.setAll(exact, i -> conf[i]);
        double expected = ReferenceLoss.classification(exact, CLASSES, batch, false);
        try (GraphRun run = GraphRun.large()) {
            Targets targets = new Targets(
                    run.ints("labels", Shape.of(2, anchors), labels),
                    run.floats("qualities", Shape.of(2, anchors), ones),
                    run.floats("targets", Shape.of(2, anchors, 4), batch.boxes()),
                    run.floats("box_weights", Shape.of(2, anchors), ones));
            Tensor result = run.graph.keep(FocalLoss.apply(
                    run.graph,
                    run.floats("conf", Shape.of(2, anchors, CLASSES), conf),
                    targets,
                    run.floats("weights", Shape.of(2, 2), batch.weights())));
            float first = run.run().floats(result)[0];
            assertEquals(expected, first, 2e-6 * expected);
            for (int i = 0; i < 5; i++) {
                assertEquals(first, run.run().floats(result)[0]);
            }
        }
    }
}
