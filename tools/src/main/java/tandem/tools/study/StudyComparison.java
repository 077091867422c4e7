package tandem.tools.study;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import org.apache.commons.math3.stat.StatUtils;
import tandem.model.distillation.Task;
import tandem.model.metrics.WeightedEvaluation;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageOutcome;
import tandem.model.strategy.Strategy;

/**
 * Compares the runs of a study: means, standard deviations, and differences from single-task, with confidence intervals
 * over seeds and held-out images ({@link Resampling}).
 */
final class StudyComparison {

    /** Replicates of the bootstrap. */
    static final int REPLICATES = 1000;

    /**
     * One strategy with one budget.
     *
     * @param mean over seeds, with the bootstrap interval
     * @param deviation standard deviation between seeds; NaN for one seed
     * @param difference from single-task of the same seed and images
     * @param student Student's interval of the differences of the seeds
     * @param saved number of additional annotated images that single-task needs for the same result; infinite when it
     *     is beyond the measured budgets
     */
    record Cell(
            Strategy strategy,
            Budget budget,
            Metric metric,
            Interval mean,
            double deviation,
            Interval difference,
            Interval student,
            Interval saved) {}

    private record Place(Strategy strategy, Budget budget, Metric metric) {}

    private final double seconds;
    private final Task scarce;
    private final List<Long> seeds;
    private final List<Strategy> strategies;
    private final List<Budget> budgets;
    private final Resampling resampling;
    /** (seeds): the metric over all images. */
    private final Map<Place, double[]> figures = new HashMap<>();
    /** (seeds, replicates): the metric over the resampled images. */
    private final Map<Place, double[][]> replicates = new HashMap<>();

    private final Map<Place, Cell> cells = new HashMap<>();

    /** Compares finished runs. */
    StudyComparison(StudyPlan plan, Map<Stage, StageOutcome> outcomes, Task scarce) {
        this.seconds =
                outcomes.values().stream().mapToDouble(StageOutcome::seconds).sum();
        this.scarce = scarce;
        this.seeds = plan.runs().stream().map(StudyPlan.Run::seed).distinct().toList();
        this.strategies = List.copyOf(new LinkedHashSet<>(
                plan.runs().stream().map(StudyPlan.Run::strategy).toList()));
        this.budgets = plan.runs().stream()
                .map(StudyPlan.Run::budget)
                .distinct()
                .sorted(java.util.Comparator.comparingInt((Budget budget) -> budget.of(scarce))
                        .thenComparingInt(budget -> budget.of(scarce.other())))
                .toList();
        int images = outcomes.values().iterator().next().images().size();
        this.resampling = Resampling.of(REPLICATES, seeds.size(), images);
        Map<Stage, double[][]> measured = new HashMap<>();
        for (StudyPlan.Run run : plan.runs()) {
            for (Metric metric : Metric.values()) {
                Stage stage = run.networks().of(metric.task());
                Place place = new Place(run.strategy(), run.budget(), metric);
                double[][] both = measured.computeIfAbsent(stage, key -> new double[2][]);
                if (both[metric.ordinal()] == null) {
                    both[metric.ordinal()] =
                            measure(new WeightedEvaluation(outcomes.get(stage).images()), metric);
                }
                int seed = seeds.indexOf(run.seed());
                double[] values = both[metric.ordinal()];
                figures.computeIfAbsent(place, key -> new double[seeds.size()])[seed] = values[REPLICATES];
                replicates.computeIfAbsent(place, key -> new double[seeds.size()][])[seed] = values;
            }
        }
    }

    /** The metric over the images of each replicate, then over all images. */
    private double[] measure(WeightedEvaluation evaluation, Metric metric) {
        double[] values = new double[REPLICATES + 1];
        for (int r = 0; r < REPLICATES; r++) {
            values[r] = metric.of(evaluation, resampling.weights()[r]);
        }
        values[REPLICATES] = metric.of(evaluation, evaluation.once());
        return values;
    }

    /** Strategies, single-task first. */
    List<Strategy> strategies() {
        return strategies;
    }

    /** Budgets, sorted by the number of images annotated for the scarce task. */
    List<Budget> budgets() {
        return budgets;
    }

    /** Seeds. */
    List<Long> seeds() {
        return seeds;
    }

    /** The scarce task: the one to be improved. */
    Task scarce() {
        return scarce;
    }

    /** The metric of each seed over all images. */
    double[] figures(Strategy strategy, Budget budget, Metric metric) {
        return figures.get(new Place(strategy, budget, metric)).clone();
    }

    /** The results of a strategy with a budget. */
    Cell cell(Strategy strategy, Budget budget, Metric metric) {
        return cells.computeIfAbsent(new Place(strategy, budget, metric), this::compute);
    }

    private Cell compute(Place place) {
        double[] own = figures.get(place);
        Place single = new Place(Strategy.SINGLE_TASK, place.budget, place.metric);
        Interval mean = Interval.percentile(StatUtils.mean(own), resampling.means(replicates.get(place)));
        double deviation = own.length < 2 ? Double.NaN : Math.sqrt(StatUtils.variance(own));
        boolean base = place.strategy == Strategy.SINGLE_TASK;
        return new Cell(
                place.strategy,
                place.budget,
                place.metric,
                mean,
                deviation,
                base ? Interval.NONE : difference(place, single),
                base ? Interval.NONE : Interval.student(subtract(own, figures.get(single))),
                base ? Interval.NONE : saved(place));
    }

    /** The difference between two strategies with the same budget, paired by seed and image. */
    Interval difference(Strategy strategy, Strategy reference, Budget budget, Metric metric) {
        return difference(new Place(strategy, budget, metric), new Place(reference, budget, metric));
    }

    private Interval difference(Place place, Place from) {
        double estimate = StatUtils.mean(subtract(figures.get(place), figures.get(from)));
        return Interval.percentile(
                estimate, subtract(resampling.means(replicates.get(place)), resampling.means(replicates.get(from))));
    }

    private Interval saved(Place place) {
        List<Budget> curve = curve(place.metric, place.budget);
        if (curve.size() < 2) {
            return Interval.NONE;
        }
        double[] images = curve.stream()
                .mapToDouble(budget -> budget.of(place.metric.task()))
                .toArray();
        double here = place.budget.of(place.metric.task());
        List<double[]> points = new ArrayList<>();
        curve.forEach(budget ->
                points.add(resampling.means(replicates.get(new Place(Strategy.SINGLE_TASK, budget, place.metric)))));
        double[] own = resampling.means(replicates.get(place));
        double[] saved = new double[REPLICATES];
        for (int r = 0; r < REPLICATES; r++) {
            int replicate = r;
            saved[r] = new LearningCurve(
                                    images,
                                    points.stream()
                                            .mapToDouble(point -> point[replicate])
                                            .toArray())
                            .imagesFor(own[r])
                    - here;
        }
        double[] means = curve.stream()
                .mapToDouble(
                        budget -> StatUtils.mean(figures.get(new Place(Strategy.SINGLE_TASK, budget, place.metric))))
                .toArray();
        double estimate = new LearningCurve(images, means).imagesFor(StatUtils.mean(figures.get(place))) - here;
        return Interval.percentile(estimate, saved);
    }

    /**
     * The budgets of the learning curve of single-task for a metric: one for each number of images annotated for its
     * task.
     */
    private List<Budget> curve(Metric metric, Budget here) {
        Map<Integer, Budget> byImages = new java.util.TreeMap<>();
        for (Budget budget : budgets) {
            byImages.merge(budget.of(metric.task()), budget, (first, second) -> second.equals(here) ? second : first);
        }
        return List.copyOf(byImages.values());
    }

    /** Training time of all stages, each counted once. */
    double stageSeconds() {
        return seconds;
    }

    private static double[] subtract(double[] from, double[] what) {
        double[] result = from.clone();
        Arrays.setAll(result, i -> from[i] - what[i]);
        return result;
    }
}
