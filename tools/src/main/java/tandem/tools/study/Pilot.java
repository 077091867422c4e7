package tandem.tools.study;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.apache.commons.math3.stat.StatUtils;
import tandem.model.distillation.Task;
import tandem.model.metrics.WeightedEvaluation;
import tandem.model.strategy.Stage;
import tandem.model.strategy.StageOutcome;
import tandem.model.strategy.Strategy;
import tandem.tools.report.Section;

/**
 * The result of checking a strategy against acceptance criteria. A single training run gives the network of one seed;
 * therefore every seed must pass, and the worst seed decides.
 *
 * @param strategy the checked strategy
 * @param lines one for each criterion
 */
record Pilot(Strategy strategy, List<Line> lines) {

    /**
     * The result of one criterion.
     *
     * @param criterion name of the criterion
     * @param required the limit
     * @param worst the value of the worst seed
     * @param passed whether that value is within the limit
     * @param evidence description of the measurement
     */
    record Line(String criterion, String required, String worst, boolean passed, String evidence) {

        /** PASS or FAIL. */
        String verdict() {
            return passed ? "PASS" : "FAIL";
        }

        /** One line of text. */
        String text() {
            return verdict() + "  " + criterion + ": " + worst + ", required " + required + " (" + evidence + ")";
        }
    }

    /**
     * Checks the runs of one strategy, one per seed.
     *
     * @param latency the time per frame; null when there is no such criterion
     */
    static Pilot judge(
            Acceptance acceptance,
            List<StudyPlan.Run> runs,
            Map<Stage, StageOutcome> outcomes,
            List<String> boxClasses,
            Latency latency) {
        List<Line> lines = new ArrayList<>();
        List<WeightedEvaluation> boxes = evaluations(runs, outcomes, Task.DETECTION);
        acceptance.ap50().forEach((name, least) -> {
            ToDoubleFunction<WeightedEvaluation> figure = name.equals(Acceptance.MEAN)
                    ? one -> one.ap50(one.once())
                    : one -> one.ap50(boxClasses.indexOf(name), one.once());
            lines.add(least(
                    "AP50 of " + (name.equals(Acceptance.MEAN) ? "all classes" : name),
                    least,
                    values(boxes, figure),
                    runs));
        });
        if (acceptance.miou() != null) {
            lines.add(least(
                    "mIoU",
                    acceptance.miou(),
                    values(evaluations(runs, outcomes, Task.SEGMENTATION), one -> one.miou(one.once())),
                    runs));
        }
        if (acceptance.misses() != null) {
            lines.add(misses(acceptance.misses(), boxes, runs));
        }
        if (acceptance.p99Milliseconds() != null) {
            double limit = acceptance.p99Milliseconds();
            lines.add(new Line(
                    "time per frame, 99th percentile",
                    String.format(Locale.ROOT, "at most %.1f ms", limit),
                    String.format(Locale.ROOT, "%.1f ms", latency.p99()),
                    latency.p99() <= limit,
                    latency.evidence()));
        }
        return new Pilot(runs.get(0).strategy(), List.copyOf(lines));
    }

    private static List<WeightedEvaluation> evaluations(
            List<StudyPlan.Run> runs, Map<Stage, StageOutcome> outcomes, Task task) {
        return runs.stream()
                .map(run -> new WeightedEvaluation(
                        outcomes.get(run.networks().of(task)).images()))
                .toList();
    }

    private static double[] values(List<WeightedEvaluation> evaluations, ToDoubleFunction<WeightedEvaluation> figure) {
        return evaluations.stream().mapToDouble(figure).toArray();
    }

    private static Line least(String criterion, double least, double[] values, List<StudyPlan.Run> runs) {
        int worst = 0;
        for (int i = 1; i < values.length; i++) {
            worst = values[i] < values[worst] ? i : worst;
        }
        String value = Double.isNaN(values[worst])
                ? "not measurable: the held-out images have no annotated example"
                : String.format(Locale.ROOT, "%.3f", values[worst]);
        return new Line(
                criterion,
                String.format(Locale.ROOT, "at least %.3f", least),
                value,
                values[worst] >= least,
                String.format(
                        Locale.ROOT,
                        "worst of %d seeds, seed %d; mean %.3f",
                        values.length,
                        runs.get(worst).seed(),
                        StatUtils.mean(values)));
    }

    private static Line misses(Acceptance.Misses limit, List<WeightedEvaluation> boxes, List<StudyPlan.Run> runs) {
        int worst = 0;
        long[] missed = new long[boxes.size()];
        long objects = 0;
        for (int i = 0; i < missed.length; i++) {
            WeightedEvaluation one = boxes.get(i);
            objects = 0;
            for (int label = 0; label < one.boxClasses(); label++) {
                missed[i] += one.misses(label, limit.score(), one.once());
                objects += one.objects(label, one.once());
            }
            worst = missed[i] > missed[worst] ? i : worst;
        }
        return new Line(
                "missed objects",
                "at most " + limit.most(),
                Long.toString(missed[worst]),
                missed[worst] <= limit.most(),
                String.format(
                        Locale.ROOT,
                        "of %d objects, at IoU 0.5 and a score of at least %.2f; worst of %d seeds, seed %d",
                        objects,
                        limit.score(),
                        missed.length,
                        runs.get(worst).seed()));
    }

    /** Whether all criteria are met. */
    boolean passed() {
        return lines.stream().allMatch(Line::passed);
    }

    /** The table for the report. */
    Section section() {
        List<List<String>> rows = new ArrayList<>();
        lines.forEach(line ->
                rows.add(List.of(line.criterion(), line.verdict(), line.worst(), line.required(), line.evidence())));
        return new Section.Table(
                "Pilot: " + strategy + " " + (passed() ? "PASS" : "FAIL"),
                List.of("criterion", "verdict", "found", "required", "evidence"),
                rows,
                "Every seed must pass, because a single training run gives the network of one seed.");
    }
}
