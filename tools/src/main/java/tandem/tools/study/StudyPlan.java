package tandem.tools.study;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tandem.model.strategy.AnnotationPool;
import tandem.model.strategy.AnnotationSubset;
import tandem.model.strategy.Composer;
import tandem.model.strategy.Networks;
import tandem.model.strategy.Recipe;
import tandem.model.strategy.Stage;
import tandem.model.strategy.Strategy;
import tandem.model.train.Trainer;
import tandem.tools.InputException;

/**
 * The runs of a study and the stages they share.
 *
 * @param runs ordered by budget, then seed, then strategy
 * @param stages every stage once, after the stages that it depends on
 */
record StudyPlan(List<Run> runs, List<Stage> stages) {

    /**
     * One strategy with one seed and one budget.
     *
     * @param networks the resulting networks
     * @param stages the stages of these networks and their dependencies, in the order of training
     * @param key identifies the run
     */
    record Run(Strategy strategy, long seed, Budget budget, Networks networks, List<Stage> stages, String key) {}

    /** Makes all runs. */
    static StudyPlan of(
            Recipe recipe,
            AnnotationPool pool,
            String validation,
            List<Strategy> strategies,
            List<Long> seeds,
            List<Budget> budgets) {
        List<Run> runs = new ArrayList<>();
        Set<Stage> stages = new LinkedHashSet<>();
        for (Budget budget : budgets) {
            for (long seed : seeds) {
                AnnotationSubset drawn = pool.draw(budget.boxes(), budget.masks(), seed);
                Composer composer = new Composer(recipe, pool, drawn, seed);
                for (Strategy strategy : strategies) {
                    if (strategy == Strategy.MULTI_TASK_FULL && !pool.isFull(drawn)) {
                        throw new InputException(
                                "the strategy " + strategy + " needs boxes and a mask for every image, and some "
                                        + "images have only one of them; omit this strategy");
                    }
                    Networks networks = composer.compose(strategy);
                    Set<Stage> needed = new LinkedHashSet<>();
                    networks.distinct().forEach(stage -> collect(stage, needed));
                    stages.addAll(needed);
                    String key = Networks.key(strategy + " " + validation, networks.distinct(), pool);
                    runs.add(new Run(strategy, seed, budget, networks, List.copyOf(needed), key));
                }
            }
        }
        return new StudyPlan(List.copyOf(runs), List.copyOf(stages));
    }

    private static void collect(Stage stage, Set<Stage> into) {
        stage.needs().forEach(need -> collect(need, into));
        into.add(stage);
    }

    /** Image visits of a stage in training (samples seen, with repetition). */
    static long visits(Stage stage, AnnotationPool pool) {
        return Trainer.steps(stage.training(), pool.select(stage.data()))
                * stage.training().batches().size();
    }

    /** Number of runs that use each stage. */
    Map<Stage, Integer> uses() {
        Map<Stage, Integer> uses = new LinkedHashMap<>();
        runs.forEach(run -> run.stages().forEach(stage -> uses.merge(stage, 1, Integer::sum)));
        return uses;
    }

    /** Stages in waves: the stages of a wave depend only on stages of earlier waves. */
    List<List<Stage>> waves() {
        Map<Stage, Integer> depth = new LinkedHashMap<>();
        List<List<Stage>> waves = new ArrayList<>();
        for (Stage stage : stages) {
            int wave = stage.needs().stream()
                    .mapToInt(need -> depth.get(need) + 1)
                    .max()
                    .orElse(0);
            depth.put(stage, wave);
            if (wave == waves.size()) {
                waves.add(new ArrayList<>());
            }
            waves.get(wave).add(stage);
        }
        return waves;
    }
}
