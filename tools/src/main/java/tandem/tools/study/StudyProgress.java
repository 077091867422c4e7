package tandem.tools.study;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageOutcome;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingObserver;
import tandem.model.weak.LabelCount;
import tandem.model.weak.LabelEvent;
import tandem.model.weak.LabelProgress;
import tandem.tools.console.LiveLine;
import tandem.tools.console.TrainingLine;

/** Shows the progress of a study: stage, step, images per second, remaining time. */
final class StudyProgress implements TrainingObserver {

    private final LiveLine line;
    private final int stages;
    private final int runs;
    private final Map<Stage, Long> left = new HashMap<>();
    private final Set<String> notedRuns = new HashSet<>();
    private Stage current;
    private int begun;
    private double seconds;
    private long visits;
    private long stageVisits;
    private double stageSeconds;

    StudyProgress(StudyPlan plan, AnnotationPool pool, LiveLine line) {
        this.line = line;
        this.stages = plan.stages().size();
        this.runs = plan.runs().size();
        plan.stages().forEach(stage -> left.put(stage, StudyPlan.visits(stage, pool)));
    }

    /** A stage starts. */
    void begin(Stage stage, boolean known) {
        current = stage;
        begun++;
        stageVisits = 0;
        stageSeconds = 0;
        if (known) {
            left.put(stage, 0L);
        }
    }

    /** The stage is finished. */
    void end(StageOutcome outcome, boolean known) {
        left.put(current, 0L);
        if (!known) {
            seconds += outcome.seconds();
            visits += outcome.visits();
            line.message(String.format(
                    Locale.ROOT,
                    "stage %d/%d  %s: %d steps in %s",
                    begun,
                    stages,
                    outcome.name(),
                    outcome.steps(),
                    TrainingLine.duration(outcome.seconds())));
        }
        stageVisits = 0;
        stageSeconds = 0;
    }

    /** The result of a run is available. */
    void finished(StudyPlan.Run run, RunResult result) {
        if (notedRuns.add(run.key())) {
            line.message(String.format(
                    Locale.ROOT,
                    "run %d/%d  %s, seed %d, %s: AP50 %s  mIoU %s",
                    notedRuns.size(),
                    runs,
                    run.strategy(),
                    run.seed(),
                    run.budget(),
                    figure(result.ap50()),
                    figure(result.miou())));
        }
    }

    private static String figure(Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }

    @Override
    public void on(TrainingEvent event) {
        if (event instanceof TrainingEvent.Step step) {
            step(step);
        } else if (event instanceof TrainingEvent.Labels labels) {
            labels(labels.event());
        }
    }

    private void labels(LabelEvent event) {
        if (event instanceof LabelProgress progress) {
            progress(progress);
        } else if (event instanceof LabelCount count) {
            line.message(current.name() + ": " + count.line());
        }
    }

    private void progress(LabelProgress progress) {
        line.update(
                progress.done(),
                progress.images(),
                String.format(
                        Locale.ROOT,
                        "stage %d/%d  %s  %s %d/%d",
                        begun,
                        stages,
                        current.name(),
                        progress.what(),
                        progress.done(),
                        progress.images()));
    }

    private void step(TrainingEvent.Step step) {
        int batch = current.training().batches().size();
        stageVisits += batch;
        stageSeconds += batch / step.imagesPerSecond();
        long all = left.values().stream().mapToLong(Long::longValue).sum() - (step.step() + 1) * batch;
        double rate = (visits + stageVisits) / (seconds + stageSeconds);
        line.update(
                step.step() + 1,
                step.steps(),
                String.format(
                        Locale.ROOT,
                        "stage %d/%d  %s  step %d/%d  loss %.3f  %.1f images/s  %s left",
                        begun,
                        stages,
                        current.name(),
                        step.step() + 1,
                        step.steps(),
                        step.losses().total(),
                        step.imagesPerSecond(),
                        TrainingLine.duration(Math.max(0, all) / rate)));
    }
}
