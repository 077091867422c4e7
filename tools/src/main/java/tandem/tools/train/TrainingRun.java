package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tandem.engine.Profile;
import tandem.model.data.DataSummary;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.Evaluation;
import tandem.model.train.JsonLinesLog;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingObserver;
import tandem.model.train.TrainingStep;
import tandem.tools.ByteCount;
import tandem.tools.ResultFile;
import tandem.tools.console.LiveLine;
import tandem.tools.console.TrainingLine;
import tandem.tools.report.DataReport;
import tandem.tools.report.EvaluationReport;
import tandem.tools.report.HtmlReport;
import tandem.tools.report.Report;
import tandem.tools.report.Section;
import tandem.tools.report.TrainingCurves;

/**
 * A training run and what it leaves behind: log, checkpoints, evaluation, panels, {@code result.json},
 * {@code report.html}.
 */
final class TrainingRun {

    /** Name of the log in the output folder. */
    static final String LOG = "log.jsonl";
    /** Name of the page in the output folder. */
    static final String REPORT = "report.html";

    /** What runs in oneDNN or cuDNN: names of operations begin so. */
    private static final List<String> LIBRARY =
            List.of("convolution", "batch_norm", "max_pool", "global_average_pool", "matrix_product");

    private final Path folder;
    private final boolean resumable;
    private final PrintWriter out;
    private final PrintWriter err;
    private final TrainingCurves curves = new TrainingCurves();
    private final long began = System.nanoTime();
    private double trainingSeconds;
    private TrainingEvent.Start start;
    private long steps;

    /**
     * A run that writes into {@code folder}.
     *
     * @param resumable whether the user can go on with it by {@code --resume}
     */
    TrainingRun(Path folder, boolean resumable, PrintWriter out, PrintWriter err) {
        this.folder = folder;
        this.resumable = resumable;
        this.out = out;
        this.err = err;
    }

    /** Trains; returns whether it came to its last step. */
    boolean train(Trainer trainer, Interruption stop) throws IOException {
        TrainingObserver bookkeeping = event -> {
            if (event instanceof TrainingEvent.Start started) {
                started(trainer, started);
            } else if (event instanceof TrainingEvent.End ended) {
                ended(trainer, ended);
            }
        };
        try (LiveLine line = LiveLine.on(err);
                JsonLinesLog log = new JsonLinesLog(folder.resolve(LOG))) {
            return trainer.run(
                    TrainingObserver.all(List.of(bookkeeping, log, curves, new TrainingLine(line, resumable))), stop);
        }
    }

    private void started(Trainer trainer, TrainingEvent.Start started) {
        start = started;
        err.printf(
                Locale.ROOT,
                "training: %d images (%d with boxes, %d with a mask), %.2f million parameters, %s planned, steps %d to %d%n",
                started.images(),
                started.boxed(),
                started.masked(),
                started.parameters() / 1e6,
                ByteCount.text(started.plannedBytes()),
                started.firstStep() + 1,
                started.steps());
        trainer.step()
                .device()
                .note(trainer.step().settings().precision().storage())
                .ifPresent(err::println);
        err.flush();
    }

    private void ended(Trainer trainer, TrainingEvent.End end) {
        steps = end.steps();
        trainingSeconds = end.seconds();
        if (trainer.step().skippedSteps() > 0) {
            err.printf(
                    Locale.ROOT,
                    "%d steps of %d were skipped, their float16 gradients being too large%n",
                    trainer.step().skippedSteps(),
                    end.steps());
            err.flush();
        }
    }

    /** Evaluates the averaged weights of a run. */
    Evaluation evaluate(TrainingStep step, HeldOut heldOut, int threads) {
        try (FoldedModel model = new FoldedModel(step.device(), step.network(), step.variables(), step.average());
                LiveLine line = LiveLine.on(err)) {
            return heldOut.run(model, step.settings().batches().size(), threads, line);
        }
    }

    /** Seconds since the run began. */
    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** Writes {@code result.json}. */
    void writeResult(Trainer trainer, Evaluation evaluation, ResultFile result) throws IOException {
        result.setting("network", trainer.step().network().settings())
                .setting("training", trainer.step().settings())
                .figure("steps", steps)
                .figure("trainingSeconds", Math.round(trainingSeconds * 1000) / 1000.0)
                .write(
                        folder,
                        evaluation,
                        seconds(),
                        trainer.step().device().description(),
                        trainer.step().settings().seed());
    }

    /** Writes the page. */
    void writeReport(
            String title,
            String summary,
            Map<String, String> settings,
            List<DataSummary> data,
            Evaluation evaluation,
            Section.Pictures panels,
            List<String> skipped)
            throws IOException {
        List<Report.Headline> headlines = new ArrayList<>(EvaluationReport.headlines(evaluation));
        headlines.add(new Report.Headline("training", TrainingLine.duration(trainingSeconds), steps + " steps"));
        List<Section> sections = new ArrayList<>();
        sections.add(panels);
        sections.add(new Section.Charts("Training", curves.charts(), ""));
        sections.addAll(EvaluationReport.sections(evaluation));
        sections.addAll(DataReport.sections(data));
        Map<String, String> facts = new LinkedHashMap<>(settings);
        facts.put("device", start.device());
        facts.put("planned memory", ByteCount.text(start.plannedBytes()));
        sections.add(new Section.Facts("Settings", facts));
        if (!skipped.isEmpty()) {
            sections.add(new Section.Notes("Left out", skipped));
        }
        HtmlReport.write(folder.resolve(REPORT), new Report(title, summary, headlines, sections));
    }

    /** Prints where the time of forward and backward pass went, by operation, and the device library's part of it. */
    void printProfile(Profile profile) {
        double library = 0;
        double all = 0;
        for (Profile.Line line : profile.byName()) {
            all += line.nanoseconds();
            library += LIBRARY.stream().anyMatch(line.name()::startsWith) ? line.nanoseconds() : 0;
        }
        out.println();
        out.print(profile);
        out.printf(
                Locale.ROOT,
                "library operations (%s): %.1f %% of these, %.1f %% of all training time%n",
                String.join(", ", LIBRARY),
                100 * library / Math.max(1, all),
                100 * library / 1e9 / trainingSeconds);
        out.flush();
    }
}
