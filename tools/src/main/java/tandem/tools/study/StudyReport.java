package tandem.tools.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tandem.model.distillation.Task;
import tandem.model.figure.Chart;
import tandem.model.strategy.Strategy;
import tandem.tools.console.TrainingLine;
import tandem.tools.report.HtmlReport;
import tandem.tools.report.MarkdownReport;
import tandem.tools.report.Report;
import tandem.tools.report.Section;

/** Writes the results of a study: {@code report.html} and, without charts and images, {@code report.md}. */
final class StudyReport {

    static final String HTML = "report.html";
    static final String MARKDOWN = "report.md";

    /** Horizontal offset between points at the same number of images, as a share of the axis. */
    private static final double APART = 0.012;

    private final StudyComparison comparison;
    private final List<RunResult> results;

    /** @param results the results of the compared runs, in the order of the plan */
    StudyReport(StudyComparison comparison, List<RunResult> results) {
        this.comparison = comparison;
        this.results = results;
    }

    /**
     * Writes both files.
     *
     * @param more sections after the tables, such as example images or the result of a pilot
     * @param facts settings, in order
     */
    void write(
            Path folder,
            String subject,
            StudyRecommendation recommendation,
            List<Section> more,
            Map<String, String> facts)
            throws IOException {
        List<Section> sections = new ArrayList<>();
        sections.add(new Section.Notes("Recommendation", recommendation.lines()));
        sections.add(
                new Section.Charts(
                        "Metrics by number of annotated images",
                        List.of(
                                chart(Metric.of(comparison.scarce())),
                                chart(Metric.of(comparison.scarce().other()))),
                        "Means over the seeds with 95 % intervals. Points at the same number of images are offset horizontally."));
        for (Budget budget : comparison.budgets().stream()
                .sorted((a, b) -> b.of(comparison.scarce()) - a.of(comparison.scarce()))
                .toList()) {
            for (Task task : List.of(comparison.scarce(), comparison.scarce().other())) {
                sections.add(table(budget, Metric.of(task)));
            }
        }
        sections.addAll(more);
        sections.add(runs());
        sections.add(new Section.Notes(
                "Strategies",
                comparison.strategies().stream()
                        .map(strategy -> strategy.label() + ": " + strategy.description())
                        .toList()));
        sections.add(new Section.Notes("Method of the intervals", method()));
        Map<String, String> all = new LinkedHashMap<>(facts);
        all.put("training time of all stages", TrainingLine.duration(seconds()));
        sections.add(new Section.Facts("Settings", all));
        Report report = new Report("Comparison of strategies", summary(subject), headlines(recommendation), sections);
        HtmlReport.write(folder.resolve(HTML), report);
        MarkdownReport.write(folder.resolve(MARKDOWN), report);
    }

    private String summary(String subject) {
        return "%s: %d strategies, %d seeds, %d annotation budgets; %s is the scarce task."
                .formatted(
                        subject,
                        comparison.strategies().size(),
                        comparison.seeds().size(),
                        comparison.budgets().size(),
                        comparison.scarce().word());
    }

    private List<Report.Headline> headlines(StudyRecommendation recommendation) {
        List<Report.Headline> headlines = new ArrayList<>();
        headlines.add(new Report.Headline(
                "recommended",
                recommendation.strategy().label(),
                "at " + recommendation.budget() + " images (boxes+masks)"));
        for (Metric metric : Metric.values()) {
            StudyComparison.Cell cell = comparison.cell(recommendation.strategy(), recommendation.budget(), metric);
            headlines.add(new Report.Headline(
                    metric.label(),
                    String.format(Locale.ROOT, "%.3f", cell.mean().estimate()),
                    recommendation.strategy() == Strategy.SINGLE_TASK
                            ? "mean over seeds"
                            : "difference from single-task " + cell.difference().signed()));
        }
        return headlines;
    }

    private double seconds() {
        return comparison.stageSeconds();
    }

    private Section table(Budget budget, Metric metric) {
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

    private Section runs() {
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

    private Chart chart(Metric metric) {
        Task scarce = comparison.scarce();
        List<Budget> budgets = comparison.budgets();
        double apart = APART * budgets.get(budgets.size() - 1).of(scarce);
        List<Chart.Line> lines = new ArrayList<>();
        int strategies = comparison.strategies().size();
        for (int s = 0; s < strategies; s++) {
            double[][] points = new double[4][budgets.size()];
            for (int b = 0; b < budgets.size(); b++) {
                Interval mean = comparison
                        .cell(comparison.strategies().get(s), budgets.get(b), metric)
                        .mean();
                points[0][b] = budgets.get(b).of(scarce) + (s - (strategies - 1) / 2.0) * apart;
                points[1][b] = mean.estimate();
                points[2][b] = mean.low();
                points[3][b] = mean.high();
            }
            lines.add(
                    new Chart.Line(comparison.strategies().get(s).label(), points[0], points[1], points[2], points[3]));
        }
        return new Chart(
                metric.label(),
                "images annotated for " + scarce.word(),
                metric.label(),
                lines,
                Chart.Range.FROM_ZERO,
                Chart.Range.FITTED);
    }

    private List<String> method() {
        return List.of(
                "All runs of a seed use the same images, and a smaller budget is a subset of a larger one. All runs are evaluated on the same held-out images.",
                "Bootstrap with " + StudyComparison.REPLICATES
                        + " replicates: each resamples the seeds and, independently, the held-out images with replacement, the "
                        + "same for all strategies. The metrics are computed from the matched detections and the pixels of the resampled images and averaged "
                        + "over the resampled seeds. The interval is from the 2.5th to the 97.5th percentile. Differences are computed within each replicate.",
                "Student's t interval uses only the differences of the seeds, over all held-out images. It is wide with few seeds, but valid for few seeds.",
                "Images saved: the number of additional images annotated for this task that single-task needs for the same mean, by isotonic regression and "
                        + "linear interpolation between its budgets. It is not extrapolated beyond the tested budgets.");
    }
}
