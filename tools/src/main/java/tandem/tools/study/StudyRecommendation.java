package tandem.tools.study;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import tandem.model.distillation.Task;
import tandem.model.strategy.Strategy;

/**
 * The recommended strategy, with the numbers that lead to it.
 *
 * @param strategy the recommended strategy
 * @param budget the budget of the comparison: the largest
 * @param bestOther the strategy other than single-task with the best metric of the scarce task; empty if there is none
 * @param lines the reasons, one sentence each
 */
record StudyRecommendation(Strategy strategy, Budget budget, Optional<Strategy> bestOther, List<String> lines) {

    /** AP50 below which a network has learned nothing that can be compared. */
    private static final double LEARNED = 0.02;

    /** Compares by the scarce task; a strategy is better only if the whole interval of its difference is above 0. */
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
        nothingFound(comparison, budget, lines);
        Strategy chosen;
        if (!better.isEmpty()) {
            chosen = better.get(0).strategy();
            lines.add(String.format(
                    Locale.ROOT,
                    "Use %s: with %s its %s is %s; single-task has %.3f; the difference is %s.",
                    chosen,
                    images(budget),
                    metric.label(),
                    better.get(0).mean(),
                    comparison.cell(Strategy.SINGLE_TASK, budget, metric).mean().estimate(),
                    better.get(0).difference().signed()));
            notDifferent(comparison, better.subList(1, better.size()), chosen, budget, metric, lines);
            savings(better.get(0), comparison.scarce(), lines);
        } else {
            chosen = Strategy.SINGLE_TASK;
            lines.add(
                    others.isEmpty()
                            ? "Only single-task was run, so there is no comparison."
                            : "Use single-task: with " + images(budget) + " no strategy is significantly better at "
                                    + comparison.scarce().word()
                                    + "; the best of the others is "
                                    + others.get(0).strategy() + ", "
                                    + others.get(0).difference().signed() + " " + metric.label() + ".");
        }
        others.stream()
                .filter(cell -> cell.difference().isBelow())
                .forEach(cell -> lines.add("Significantly worse than single-task at "
                        + comparison.scarce().word() + ": " + cell.strategy() + ", "
                        + cell.difference().signed() + "."));
        otherTask(comparison, chosen, budget, lines);
        cautions(comparison, lines);
        Optional<Strategy> bestOther =
                others.stream().map(StudyComparison.Cell::strategy).findFirst();
        return new StudyRecommendation(chosen, budget, bestOther, List.copyOf(lines));
    }

    /** A first sentence when no strategy finds objects, so that differences mean nothing. */
    private static void nothingFound(StudyComparison comparison, Budget budget, List<String> lines) {
        double max = comparison.strategies().stream()
                .mapToDouble(strategy ->
                        comparison.cell(strategy, budget, Metric.AP50).mean().estimate())
                .max()
                .orElse(Double.NaN);
        if (max < LEARNED) {
            lines.add(String.format(
                    Locale.ROOT,
                    "No strategy learned to find objects (AP50 at most %.3f), so the boxes cannot be compared: use more image visits "
                            + "(--visits), a larger --size or another --learning-rate.",
                    max));
        }
    }

    private static void notDifferent(
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
            lines.add("Not significantly different from it: " + String.join(", ", names) + ".");
        }
    }

    private static void savings(StudyComparison.Cell cell, Task scarce, List<String> lines) {
        double saved = cell.saved().estimate();
        if (Double.isNaN(saved)) {
            lines.add(
                    "To estimate the saved annotation, single-task must be run at more than one budget: give several with --budgets.");
        } else if (saved == Double.POSITIVE_INFINITY) {
            lines.add(
                    "Single-task does not reach this result with any budget of this study: it needs more annotated images than were tested.");
        } else if (saved > 0) {
            lines.add(String.format(
                    Locale.ROOT,
                    "Single-task needs about %.0f more images annotated for %s to reach the same result.",
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
                ? "The other task is significantly worse: "
                : difference.isAbove()
                        ? "The other task is significantly better too: "
                        : difference.low() == 0 && difference.high() == 0
                                ? ""
                                : "The other task is not significantly different: ";
        if (!effect.isEmpty()) {
            lines.add(effect + other.label() + " " + difference.signed() + ".");
        }
    }

    private static void cautions(StudyComparison comparison, List<String> lines) {
        int seeds = comparison.seeds().size();
        if (seeds == 1) {
            lines.add(
                    "There is one seed: the intervals cover only the variation of the held-out images. Add seeds before you rely on the result.");
        } else if (seeds < 5) {
            lines.add("There are " + seeds
                    + " seeds; with so few, a bootstrap underestimates the variation between seeds. Where Student's t interval of the "
                    + "differences contains 0, the result is likely but not shown.");
        }
    }

    private static String images(Budget budget) {
        return budget.boxes() + " images with boxes and " + budget.masks() + " with masks";
    }
}
