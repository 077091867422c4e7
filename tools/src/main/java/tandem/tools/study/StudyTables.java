package tandem.tools.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.model.strategy.Strategy;
import tandem.tools.report.Section;

/** The tables of the report of a study. */
final class StudyTables {

    private final StudyComparison comparison;

    StudyTables(StudyComparison comparison) {
        this.comparison = comparison;
    }

    /** The metric of every strategy with one budget. */
    Section of(Budget budget, Metric metric) {
        List<List<String>> rows = new ArrayList<>();
        for (Strategy strategy : comparison.strategies()) {
            StudyComparison.Cell cell = comparison.cell(strategy, budget, metric);
            rows.add(List.of(
                    strategy.label(),
                    cell.mean().toString(),
                    deviation(cell.deviation()),
                    cell.difference().signed(),
                    cell.student().signed(),
                    saved(cell.saved())));
        }
        return new Section.Table(
                "%s with %d images with boxes and %d with masks"
                        .formatted(metric.label(), budget.boxes(), budget.masks()),
                List.of(
                        "strategy",
                        "mean [95 %]",
                        "standard deviation",
                        "difference from single-task [95 %]",
                        "difference, Student's t [95 %]",
                        "images saved [95 %]"),
                rows,
                "");
    }

    private static String deviation(double value) {
        return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String saved(Interval saved) {
        if (Double.isNaN(saved.estimate())) {
            return "–";
        }
        return images(saved.estimate()) + " [" + images(saved.low()) + ", " + images(saved.high()) + "]";
    }

    private static String images(double value) {
        return value == Double.POSITIVE_INFINITY
                ? "more than tested"
                : value == Double.NEGATIVE_INFINITY
                        ? "less than tested"
                        : Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%+.0f", value);
    }

    /** One row for each run. */
    Section runs(List<RunResult> results) {
        List<List<String>> rows = new ArrayList<>();
        for (RunResult result : results) {
            rows.add(List.of(
                    result.strategy(),
                    Long.toString(result.seed()),
                    Integer.toString(result.boxes()),
                    Integer.toString(result.masks()),
                    figure(result.ap50()),
                    figure(result.ap()),
                    figure(result.miou()),
                    Integer.toString(result.networks()),
                    String.format(Locale.ROOT, "%.2f", result.parameters() / 1e6),
                    Long.toString(result.visits()),
                    String.format(Locale.ROOT, "%.0f", result.seconds())));
        }
        return new Section.Table(
                "Runs",
                List.of(
                        "strategy",
                        "seed",
                        "boxes",
                        "masks",
                        "AP50",
                        "AP",
                        "mIoU",
                        "networks",
                        "million parameters",
                        "image visits",
                        "seconds"),
                rows,
                "boxes and masks: numbers of annotated images. image visits: samples seen by the resulting networks. seconds: time of all training "
                        + "that these networks depend on, on one machine; a stage that several runs share is run once.");
    }

    private static String figure(Double value) {
        return value == null ? "–" : String.format(Locale.ROOT, "%.3f", value);
    }
}
