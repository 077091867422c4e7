package tandem.tools.train;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tandem.engine.Profile;
import tandem.model.data.DataSummary;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.Evaluation;
import tandem.model.train.JsonLinesLog;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingObserver;
import tandem.model.train.TrainingStep;
import tandem.model.train.TrainingTimes;
import tandem.tools.ByteCount;
import tandem.tools.Interruption;
import tandem.tools.ResultFile;
import tandem.tools.console.LiveLine;
import tandem.tools.console.TrainingLine;
import tandem.tools.report.DataReport;
import tandem.tools.report.EvaluationReport;
import tandem.tools.report.HtmlReport;
import tandem.tools.report.Report;
import tandem.tools.report.Section;
import tandem.tools.report.SettingRows;
import tandem.tools.report.TrainingCurves;
import tandem.tools.verdict.Verdict;

/** A training run and its output: log, checkpoints, evaluation, figures, {@code result.json}, {@code report.html}. */
final class TrainingRun {

    /** Name of the log in the output folder. */
    static final String LOG = "log.jsonl";
    /** Name of the report in the output folder. */
    static final String REPORT = "report.html";

    /** Name prefixes of operations that run in oneDNN or cuDNN. */
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
    private String algorithms;
    private long steps;

    /**
     * A run that writes into {@code folder}.
     *
     * @param resumable whether the user can resume it with {@code --resume}
     */
    TrainingRun(Path folder, boolean resumable, PrintWriter out, PrintWriter err) {
        this.folder = folder;
        this.resumable = resumable;
        this.out = out;
        this.err = err;
    }

    /** Trains; returns whether the last step was reached. */
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

    private static String convolutions(Trainer trainer) {
        return trainer.step().device().convolutionChoices().measured() ? "measured" : "direct";
    }

    private void started(Trainer trainer, TrainingEvent.Start started) {
        start = started;
        algorithms = convolutions(trainer);
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
                    "%d of %d steps were skipped because of float16 gradient overflow%n",
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

    /** Steps done in all. */
    long steps() {
        return steps;
    }

    /** Seconds since the run began. */
    double seconds() {
        return (System.nanoTime() - began) / 1e9;
    }

    /** Writes {@code result.json}. */
    void writeResult(Trainer trainer, Evaluation evaluation, ResultFile result) throws IOException {
        trainer.validation()
                .ifPresent(state -> result.figure("validations", state.validations())
                        .figure("bestStep", state.bestStep())
                        .figure("bestScore", state.best()));
        result.lines("findings", curves.findings());
        result.setting("network", trainer.step().network().settings())
                .setting("training", trainer.step().settings())
                .setting("convolutions", convolutions(trainer))
                .figure("steps", steps)
                .figure("trainingSeconds", Math.round(trainingSeconds * 1000) / 1000.0)
                .write(
                        folder,
                        evaluation,
                        seconds(),
                        trainer.step().device().description(),
                        trainer.step().settings().seed());
    }

    /** What the run and the evaluation of its network show, in sentences. */
    Verdict verdict(Evaluation evaluation) {
        return Verdict.of(evaluation, curves.findings());
    }

    /** Writes the report. */
    void writeReport(
            String title,
            String summary,
            SettingRows settings,
            List<DataSummary> data,
            Evaluation evaluation,
            List<Section> panels,
            List<String> skipped)
            throws IOException {
        List<Report.Headline> headlines = new ArrayList<>(EvaluationReport.headlines(evaluation));
        headlines.add(new Report.Headline("training", TrainingLine.duration(trainingSeconds), steps + " steps"));
        List<Section> sections = new ArrayList<>();
        sections.add(EvaluationReport.verdict(verdict(evaluation)));
        sections.addAll(panels);
        sections.add(new Section.Charts("Training", curves.charts(), ""));
        sections.addAll(EvaluationReport.sections(evaluation));
        sections.addAll(DataReport.sections(data));
        settings.add("convolutions", algorithms, "");
        settings.add("device", start.device(), "").add("planned memory", ByteCount.text(start.plannedBytes()), "");
        sections.add(settings.section());
        if (!skipped.isEmpty()) {
            sections.add(new Section.Notes("Skipped files", skipped));
        }
        HtmlReport.write(folder.resolve(REPORT), new Report(title, summary, headlines, sections));
    }

    /** Prints the time of forward and backward pass by operation, the share of the device library, and all parts. */
    void printProfile(Profile profile, TrainingTimes times) {
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
        StringBuilder parts =
                new StringBuilder(String.format(Locale.ROOT, "all training time: %.1f s", trainingSeconds));
        for (TrainingTimes.Part part : TrainingTimes.Part.values()) {
            parts.append(String.format(
                    Locale.ROOT, ", %s %.1f %%", part.label(), 100 * times.seconds(part) / trainingSeconds));
        }
        out.println(parts);
        out.flush();
    }
}
