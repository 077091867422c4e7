package tandem.tools.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tandem.model.distillation.Task;
import tandem.model.strategy.Strategy;

/**
 * What to do, in plain words, with the numbers that led to it.
 *
 * @param strategy what is recommended
 * @param budget the budget that it was judged at: the largest
 * @param lines one sentence each
 */
record StudyRecommendation(Strategy strategy, Budget budget, List<String> lines) {

    /** Judges by the scarce task; a strategy counts as better only when all of its interval is above single-task. */
    static StudyRecommendation of(StudyComparison comparison) {
        Metric metric = Metric.of(comparison.scarce());
        Budget budget = comparison.budgets().get(comparison.budgets().size() - 1);
        List<StudyComparison.Cell> others = comparison.strategies().stream()
                .filter(strategy -> strategy != Strategy.SINGLE_TASK && strategy != Strategy.MULTI_TASK_FULL)
                .map(strategy -> comparison.cell(strategy, budget, metric))
                .sorted(Comparator.comparingDouble(
                        (StudyComparison.Cell cell) -> -cell.difference().estimate()))
                .toList();
        List<StudyComparison.Cell> better =
                others.stream().filter(cell -> cell.difference().isAbove()).toList();
        List<String> lines = new ArrayList<>();
        Strategy chosen;
        if (!better.isEmpty()) {
            chosen = better.get(0).strategy();
            lines.add(String.format(
                    Locale.ROOT,
                    "Use %s: with %s its %s is %s against %.3f of single-task, a difference of %s.",
                    chosen,
                    images(budget),
                    metric.label(),
                    better.get(0).mean(),
                    comparison.cell(Strategy.SINGLE_TASK, budget, metric).mean().estimate(),
                    better.get(0).difference().signed()));
            alike(comparison, better.subList(1, better.size()), chosen, budget, metric, lines);
            savings(better.get(0), comparison.scarce(), lines);
        } else {
            chosen = Strategy.SINGLE_TASK;
            lines.add(
                    others.isEmpty()
                            ? "Only single-task was run: there is nothing to compare it with."
                            : "Stay with single-task: with " + images(budget) + " no strategy is better at "
                                    + comparison.scarce().word()
                                    + " beyond the chance of seeds and images; the nearest is "
                                    + others.get(0).strategy() + ", "
                                    + others.get(0).difference().signed() + " " + metric.label() + ".");
        }
        others.stream()
                .filter(cell -> cell.difference().isBelow())
                .forEach(cell -> lines.add(
                        "Worse than single-task at " + comparison.scarce().word() + ": " + cell.strategy() + ", "
                                + cell.difference().signed() + "."));
        otherTask(comparison, chosen, budget, lines);
        doubts(comparison, lines);
        return new StudyRecommendation(chosen, budget, List.copyOf(lines));
    }

    private static void alike(
            StudyComparison comparison,
            List<StudyComparison.Cell> rest,
            Strategy chosen,
            Budget budget,
            Metric metric,
            List<String> lines) {
        List<String> names = rest.stream()
                .filter(cell -> !comparison
                        .difference(chosen, cell.strategy(), budget, metric)
                        .isAbove())
                .map(cell -> cell.strategy().label())
                .toList();
        if (!names.isEmpty()) {
            lines.add("Not told apart from it by these runs: " + String.join(", ", names) + ".");
        }
    }

    private static void savings(StudyComparison.Cell cell, Task scarce, List<String> lines) {
        double saved = cell.saved().estimate();
        if (Double.isNaN(saved)) {
            lines.add(
                    "What that saves in annotation needs single-task at more than one budget; give several with --budgets.");
        } else if (saved == Double.POSITIVE_INFINITY) {
            lines.add(
                    "Single-task did not reach that with any budget of this study: more annotation than was tried would be needed.");
        } else if (saved > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Single-task would need about %.0f more images annotated for %s to be as good.",
                    saved,
                    scarce.word()));
        }
    }

    private static void otherTask(StudyComparison comparison, Strategy chosen, Budget budget, List<String> lines) {
        if (chosen == Strategy.SINGLE_TASK) {
            return;
        }
        Metric other = Metric.of(comparison.scarce().other());
        Interval difference = comparison.cell(chosen, budget, other).difference();
        String effect = difference.isBelow()
                ? "It costs some of the other task: "
                : difference.isAbove()
                        ? "The other task gains too: "
                        : difference.low() == 0 && difference.high() == 0
                                ? ""
                                : "The other task is not clearly changed: ";
        if (!effect.isEmpty()) {
            lines.add(effect + other.label() + " " + difference.signed() + ".");
        }
    }

    private static void doubts(StudyComparison comparison, List<String> lines) {
        int seeds = comparison.seeds().size();
        if (seeds == 1) {
            lines.add(
                    "There is one seed: the intervals tell the chance of the held-out images only. Add seeds before relying on this.");
        } else if (seeds < 5) {
            lines.add("There are " + seeds
                    + " seeds, from which a bootstrap estimates the chance of seeds too low; where Student's interval of the "
                    + "differences contains 0, take the result as likely and not as shown.");
        }
    }

    private static String images(Budget budget) {
        return budget.boxes() + " images with boxes and " + budget.masks() + " with masks";
    }
}
