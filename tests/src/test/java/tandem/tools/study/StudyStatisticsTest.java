package tandem.tools.study;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.model.distillation.Task;
import tandem.model.metrics.ImageOutcome;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.strategy.AnnotationSubset;
import tandem.model.strategy.Networks;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageOutcome;
import tandem.model.strategy.Strategy;
import tandem.model.train.InitialEncoder;

/** Expected figures are those that {@code bootstrap.py} among the test resources computes with numpy. */
class StudyStatisticsTest {

    private static final int IMAGES = 60;
    private static final int SEEDS = 3;
    private static final Budget BUDGET = new Budget(5, 5);

    /** The generator that the script has too. */
    private static final class Generator {
        private long state;

        Generator(long state) {
            this.state = state;
        }

        int below(int bound) {
            state = (state * 1103515245 + 12345) % (1L << 31);
            return (int) ((state >> 8) % bound);
        }
    }

    private static List<ImageOutcome> outcomes(int skill, int seed) {
        Generator truth = new Generator(7);
        Generator found = new Generator(1000L * seed + skill);
        List<ImageOutcome> images = new ArrayList<>();
        for (int image = 0; image < IMAGES; image++) {
            List<ImageOutcome.ClassOutcome> classes = new ArrayList<>();
            for (int label = 0; label < 2; label++) {
                int truths = truth.below(3);
                int left = truths;
                double[] scores = new double[3];
                int[] right = new int[3];
                for (int i = 0; i < 3; i++) {
                    scores[i] = (1 + found.below(1000)) / 1001.0;
                    right[i] = found.below(100) < skill && left > 0 ? 1 : 0;
                    left -= right[i];
                }
                classes.add(new ImageOutcome.ClassOutcome(truths, scores, right, new int[3]));
            }
            images.add(new ImageOutcome("image" + image, classes, null));
        }
        return images;
    }

    private static StudyComparison comparison() {
        List<StudyPlan.Run> runs = new ArrayList<>();
        Map<Stage, StageOutcome> outcomes = new HashMap<>();
        for (int seed = 0; seed < SEEDS; seed++) {
            for (Strategy strategy : List.of(Strategy.SINGLE_TASK, Strategy.MULTI_TASK)) {
                Stage stage = new Stage(
                        strategy + " " + seed,
                        NetworkSettings.small(List.of("a", "b"), List.of("a"), 64),
                        TrainingSettings.standard(),
                        AugmentationSettings.none(),
                        new AnnotationSubset(List.of(), List.of(), false),
                        InitialEncoder.RANDOM);
                runs.add(new StudyPlan.Run(
                        strategy, seed, BUDGET, Networks.shared(stage), List.of(stage), stage.name()));
                outcomes.put(
                        stage,
                        new StageOutcome(
                                stage.name(), 1, 1, 1, 1, outcomes(strategy == Strategy.SINGLE_TASK ? 40 : 55, seed)));
            }
        }
        return new StudyComparison(new StudyPlan(runs, List.copyOf(outcomes.keySet())), outcomes, Task.DETECTION);
    }

    /** The ends come from other random draws there, and from 4000 of them: they agree within the draws' own scatter. */
    @Test
    void meansDeviationsAndIntervalsAreNumpys() {
        StudyComparison comparison = comparison();
        StudyComparison.Cell single = comparison.cell(Strategy.SINGLE_TASK, BUDGET, Metric.AP50);
        StudyComparison.Cell multi = comparison.cell(Strategy.MULTI_TASK, BUDGET, Metric.AP50);
        assertArrayEquals(
                new double[] {0.16496493, 0.13240679, 0.12474443},
                comparison.figures(Strategy.SINGLE_TASK, BUDGET, Metric.AP50),
                1e-8);
        assertArrayEquals(
                new double[] {0.23427286, 0.19117201, 0.25889489},
                comparison.figures(Strategy.MULTI_TASK, BUDGET, Metric.AP50),
                1e-8);
        assertEquals(0.14070538412913888, single.mean().estimate(), 1e-12);
        assertEquals(0.22811325091848525, multi.mean().estimate(), 1e-12);
        assertEquals(0.021355844645854962, single.deviation(), 1e-12);
        assertEquals(0.034279042514092660, multi.deviation(), 1e-12);
        assertEquals(0.08740786678934637, multi.difference().estimate(), 1e-12);
        assertEnds(0.11122923, 0.19792803, single.mean());
        assertEnds(0.18441897, 0.30390603, multi.mean());
        assertEnds(0.03055641, 0.15933734, multi.difference());
        assertEquals(-0.013999716583128735, multi.student().low(), 1e-9);
        assertEquals(0.18881545016182147, multi.student().high(), 1e-9);
        assertTrue(
                Double.isNaN(comparison
                        .cell(Strategy.MULTI_TASK, BUDGET, Metric.MIOU)
                        .mean()
                        .estimate()),
                "there are no masks");
    }

    private static void assertEnds(double low, double high, Interval interval) {
        double scatter = 0.08 * (high - low);
        assertEquals(low, interval.low(), scatter);
        assertEquals(high, interval.high(), scatter);
    }

    @Test
    void percentilesAreInterpolatedAsNumpyDoes() {
        Interval interval = Interval.percentile(3, new double[] {3, -1, 4, Double.NaN, 1.5, 9, 2.6});
        assertEquals(-0.6875, interval.low(), 1e-12);
        assertEquals(8.375, interval.high(), 1e-12);
        Interval open = Interval.percentile(3, new double[] {1, 2, Double.POSITIVE_INFINITY, 3});
        assertEquals(1, open.low());
        assertEquals(Double.POSITIVE_INFINITY, open.high());
    }

    /** Two seeds whose differences are 0 and 1: a draw of both seeds has the mean 0, 0.5 or 1 with odds 1, 2, 1. */
    @Test
    void seedsAreResampledWithReplacement() {
        Resampling resampling = Resampling.of(4000, 2, 3);
        double[] means = resampling.means(new double[][] {
            new double[4000],
            java.util.stream.DoubleStream.generate(() -> 1).limit(4000).toArray()
        });
        int[] counts = new int[3];
        for (double mean : means) {
            counts[(int) Math.round(2 * mean)]++;
        }
        assertEquals(1000, counts[0], 110);
        assertEquals(2000, counts[1], 130);
        assertEquals(1000, counts[2], 110);
        for (int[] weights : resampling.weights()) {
            assertEquals(3, weights[0] + weights[1] + weights[2]);
        }
    }

    /** By hand: the dip from 0.5 to 0.3 becomes 0.4 twice; 0.35 lies three quarters of the way from 0.2 to 0.4. */
    @Test
    void annotationSavedIsReadOffTheRisingCurve() {
        assertArrayEquals(
                new double[] {0.2, 0.4, 0.4, 0.8}, LearningCurve.rising(new double[] {0.2, 0.5, 0.3, 0.8}), 1e-12);
        assertArrayEquals(new double[] {2, 2, 2}, LearningCurve.rising(new double[] {3, 2, 1}), 1e-12);
        LearningCurve curve = new LearningCurve(new double[] {100, 200, 300, 500}, new double[] {0.2, 0.5, 0.3, 0.8});
        assertEquals(175, curve.imagesFor(0.35), 1e-9);
        assertEquals(200, curve.imagesFor(0.4), 1e-9);
        assertEquals(400, curve.imagesFor(0.6), 1e-9);
        assertEquals(100, curve.imagesFor(0.2), 1e-9);
        assertEquals(Double.POSITIVE_INFINITY, curve.imagesFor(0.81));
        assertEquals(Double.NEGATIVE_INFINITY, curve.imagesFor(0.1));
    }

    @Test
    void whatIsRecommendedHasAnIntervalAboveSingleTask() {
        StudyRecommendation recommendation = StudyRecommendation.of(comparison());
        assertEquals(Strategy.MULTI_TASK, recommendation.strategy());
        assertTrue(recommendation.lines().get(0).contains("+0.087"), recommendation.lines()::toString);
    }
}
