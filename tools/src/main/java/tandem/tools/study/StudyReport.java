package tandem.tools.study;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.model.distillation.Task;
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
     * @param settings the settings; the training time is added
     */
    void write(
            Path folder,
            String subject,
            StudyRecommendation recommendation,
            List<Section> more,
            Section.Settings settings)
            throws IOException {
        StudyTables tables = new StudyTables(comparison);
        List<Section> sections = new ArrayList<>();
        sections.add(new Section.Notes("Recommendation", recommendation.lines()));
        sections.add(
                new Section.Charts(
                        "Metrics by number of annotated images",
                        List.of(
                                BudgetChart.of(comparison, Metric.of(comparison.scarce())),
                                BudgetChart.of(
                                        comparison,
                                        Metric.of(comparison.scarce().other()))),
                        "Means over the seeds with 95 % intervals. Points at the same number of images are offset horizontally."));
        for (Budget budget : comparison.budgets().stream()
                .sorted((a, b) -> b.of(comparison.scarce()) - a.of(comparison.scarce()))
                .toList()) {
            for (Task task : List.of(comparison.scarce(), comparison.scarce().other())) {
                sections.add(tables.of(budget, Metric.of(task)));
            }
        }
        sections.addAll(more);
        sections.add(tables.runs(results));
        sections.add(new Section.Notes(
                "Strategies",
                comparison.strategies().stream()
                        .map(strategy -> strategy.label() + ": " + strategy.description())
                        .toList()));
        sections.add(new Section.Notes("Method of the intervals", method()));
        List<Section.SettingRow> rows = new ArrayList<>(List.of(new Section.SettingRow(
                "training time of all stages", TrainingLine.duration(comparison.stageSeconds()), "measured")));
        rows.addAll(settings.rows());
        sections.add(new Section.Settings(settings.title(), rows, settings.note()));
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
