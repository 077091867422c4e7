package tandem.tools.study;

import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageOutcome;
import tandem.model.strategy.StageRunner;
import tandem.tools.console.LiveLine;

/**
 * Brings the runs of a plan to their end, one stage after the other, and notes each run as soon as its stages are
 * there.
 */
final class StudyLoop {

    private final StudyPlan plan;
    private final AnnotationPool pool;
    private final StageRunner runner;
    private final ResultsFile results;
    private final Map<Stage, StageOutcome> outcomes = new HashMap<>();

    StudyLoop(StudyPlan plan, AnnotationPool pool, StageRunner runner, ResultsFile results) {
        this.plan = plan;
        this.pool = pool;
        this.runner = runner;
        this.results = results;
    }

    /** Runs what is not finished; returns whether all is. */
    boolean run(LiveLine line, BooleanSupplier stop) throws IOException {
        StudyProgress progress = new StudyProgress(plan, pool, line);
        for (StudyPlan.Run run : plan.runs()) {
            for (Stage stage : run.stages()) {
                if (stop.getAsBoolean()) {
                    return false;
                }
                if (!outcomes.containsKey(stage)) {
                    boolean known = runner.outcome(stage).isPresent();
                    progress.begin(stage, known);
                    Optional<StageOutcome> outcome = runner.run(stage, progress, stop);
                    if (outcome.isEmpty()) {
                        return false;
                    }
                    outcomes.put(stage, outcome.get());
                    progress.end(outcome.get(), known);
                }
            }
            progress.finished(run, note(run));
        }
        return true;
    }

    /** Adds the lines of all runs whose stages are finished, in the order of the plan. */
    void noteFinished() throws IOException {
        for (StudyPlan.Run run : plan.runs()) {
            boolean whole = true;
            for (Stage stage : run.stages()) {
                if (!outcomes.containsKey(stage)) {
                    Optional<StageOutcome> outcome = runner.outcome(stage);
                    outcome.ifPresent(known -> outcomes.put(stage, known));
                    whole &= outcome.isPresent();
                }
            }
            if (whole) {
                note(run);
            }
        }
    }

    private RunResult note(StudyPlan.Run run) throws IOException {
        List<String> folders = run.networks().distinct().stream()
                .map(stage -> runner.folder(stage).getFileName().toString())
                .toList();
        return results.add(RunResult.of(run, outcomes, pool.boxClasses(), pool.maskClasses(), folders));
    }

    /** The lines of the plan's runs, in its order. */
    List<RunResult> results() {
        Map<String, RunResult> byKey = new HashMap<>();
        results.results().forEach(result -> byKey.put(result.key(), result));
        return plan.runs().stream().map(run -> byKey.get(run.key())).toList();
    }

    /** What the finished stages gave. */
    Map<Stage, StageOutcome> outcomes() {
        return new LinkedHashMap<>(outcomes);
    }
}
