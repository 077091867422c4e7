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
 * Runs the stages of a plan one after the other, and adds the result of each run as soon as its stages are finished.
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

    /** Runs the unfinished stages; returns whether all are finished then. */
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

    /** Adds the results of all runs whose stages are finished, in the order of the plan. */
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

    /** The results of the runs, in the order of the plan. */
    List<RunResult> results() {
        Map<String, RunResult> byKey = new HashMap<>();
        results.results().forEach(result -> byKey.put(result.key(), result));
        return plan.runs().stream().map(run -> byKey.get(run.key())).toList();
    }

    /** The outcomes of the finished stages. */
    Map<Stage, StageOutcome> outcomes() {
        return new LinkedHashMap<>(outcomes);
    }
}
