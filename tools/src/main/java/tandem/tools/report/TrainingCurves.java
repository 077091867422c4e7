package tandem.tools.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.distillation.Task;
import tandem.model.figure.Chart;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingEvent.Similarity;
import tandem.model.train.TrainingEvent.Step;
import tandem.model.train.TrainingEvent.Tasks;
import tandem.model.train.TrainingEvent.Validation;
import tandem.model.train.TrainingObserver;
import tandem.model.validation.LearningFinding;

/** Records the figures of every training step and makes charts of them. Used by the training thread. */
public final class TrainingCurves implements TrainingObserver {

    private static final int COLUMNS = 8;

    /** Rows of: step, total, location, confidence, segmentation, gradient norm, learning rate, distillation. */
    private double[] rows = new double[COLUMNS * 256];

    private int steps;
    private final List<LevelSimilarity> similarities = new ArrayList<>();
    private final List<Tasks> tasks = new ArrayList<>();
    private final List<Validation> validations = new ArrayList<>();
    private List<LearningFinding> findings = List.of();

    @Override
    public void on(TrainingEvent event) {
        if (event instanceof Step step) {
            step(step);
        } else if (event instanceof Tasks measured) {
            tasks.add(measured);
        } else if (event instanceof Similarity measured) {
            similarities.add(measured.similarity());
        } else if (event instanceof Validation validation) {
            validations.add(validation);
        } else if (event instanceof TrainingEvent.Findings found) {
            findings = found.findings();
        } else if (event instanceof TrainingEvent.Epoch) {
            findings = List.of();
        }
    }

    /** Signs that the training learned nothing, found after its last epoch, and what to try, as sentences. */
    public List<String> findings() {
        return LearningFinding.lines(findings).stream()
                .map(line -> line.substring(0, 1).toUpperCase(Locale.ROOT) + line.substring(1) + ".")
                .toList();
    }

    private void step(Step step) {
        if (steps * COLUMNS == rows.length) {
            rows = Arrays.copyOf(rows, 2 * rows.length);
        }
        int at = steps++ * COLUMNS;
        rows[at] = step.step();
        rows[at + 1] = step.losses().total();
        rows[at + 2] = step.losses().location();
        rows[at + 3] = step.losses().confidence();
        rows[at + 4] = step.losses().segmentation();
        rows[at + 5] = step.gradientNorm();
        rows[at + 6] = step.learningRate();
        rows[at + 7] = step.losses().distillation();
    }

    /** Number of recorded steps. */
    int steps() {
        return steps;
    }

    /**
     * Charts of the losses, the figures of held-out images, the gradient norm, the learning rate, the similarity to the
     * feature maps of teachers, and the gradients of both tasks, if these were measured. A loss that is always 0, such
     * as that of a task without annotation, is left out.
     */
    public List<Chart> charts() {
        List<Chart> charts = new ArrayList<>();
        charts.add(new Chart("Training loss", "step", "loss", losses(), Chart.Range.FITTED, Chart.Range.FROM_ZERO));
        validation().ifPresent(charts::add);
        charts.addAll(List.of(
                new Chart(
                        "Gradient norm, before clipping",
                        "step",
                        "norm",
                        List.of(line("", 5)),
                        Chart.Range.FITTED,
                        Chart.Range.FROM_ZERO),
                new Chart(
                        "Learning rate",
                        "step",
                        "learning rate",
                        List.of(line("", 6)),
                        Chart.Range.FITTED,
                        Chart.Range.FROM_ZERO)));
        for (Task task : Task.values()) {
            List<LevelSimilarity> ofTask =
                    similarities.stream().filter(one -> one.task() == task).toList();
            if (!ofTask.isEmpty()) {
                charts.add(similarity(task, ofTask));
            }
        }
        if (!tasks.isEmpty()) {
            charts.add(new Chart(
                    "Cosine between the gradients of both tasks (negative: they conflict)",
                    "step",
                    "cosine",
                    List.of(line(tasks, "", Tasks::step, Tasks::cosine)),
                    Chart.Range.FITTED,
                    new Chart.Range(-1, 1)));
            charts.add(new Chart(
                    "Gradient norms of both tasks",
                    "step",
                    "norm",
                    List.of(
                            line(tasks, "detection", Tasks::step, Tasks::detectionNorm),
                            line(tasks, "segmentation", Tasks::step, Tasks::segmentationNorm)),
                    Chart.Range.FITTED,
                    Chart.Range.FROM_ZERO));
            charts.add(new Chart(
                    "Loss weights",
                    "step",
                    "weight",
                    List.of(
                            line(tasks, "location", Tasks::step, Tasks::locationWeight),
                            line(tasks, "confidence", Tasks::step, Tasks::confidenceWeight),
                            line(tasks, "segmentation", Tasks::step, Tasks::segmentationWeight)),
                    Chart.Range.FITTED,
                    Chart.Range.FROM_ZERO));
        }
        return charts;
    }

    private List<Chart.Line> losses() {
        List<Chart.Line> lines = new ArrayList<>(List.of(line("total", 1)));
        List.of(line("location", 2), line("confidence", 3), line("segmentation", 4), line("distillation", 7)).stream()
                .filter(line -> Arrays.stream(line.y()).anyMatch(value -> value != 0))
                .forEach(lines::add);
        return lines;
    }

    private Optional<Chart> validation() {
        List<Chart.Line> lines = Stream.of(
                        line(validations, "AP50", Validation::step, Validation::ap50),
                        line(validations, "mIoU", Validation::step, Validation::miou))
                .filter(line -> Arrays.stream(line.y()).anyMatch(Double::isFinite))
                .toList();
        return lines.isEmpty()
                ? Optional.empty()
                : Optional.of(new Chart(
                        "Held-out images during training",
                        "step",
                        "AP50, mIoU",
                        lines,
                        Chart.Range.FITTED,
                        Chart.Range.FROM_ZERO));
    }

    private static Chart similarity(Task task, List<LevelSimilarity> measured) {
        List<Integer> levels = measured.get(0).levels();
        List<Chart.Line> lines = new ArrayList<>();
        for (int i = 0; i < levels.size(); i++) {
            int level = i;
            lines.add(new Chart.Line(
                    "level " + levels.get(i),
                    measured.stream().mapToDouble(LevelSimilarity::step).toArray(),
                    measured.stream()
                            .mapToDouble(one -> one.similarity().get(level))
                            .toArray()));
        }
        return new Chart(
                "Feature map similarity of student and " + task.name().toLowerCase(Locale.ROOT) + " teacher",
                "step",
                "linear CKA",
                lines,
                Chart.Range.FITTED,
                new Chart.Range(0, 1));
    }

    private static <T> Chart.Line line(
            List<T> events, String name, ToDoubleFunction<T> step, ToDoubleFunction<T> value) {
        return new Chart.Line(
                name,
                events.stream().mapToDouble(step).toArray(),
                events.stream().mapToDouble(value).toArray());
    }

    private Chart.Line line(String name, int column) {
        double[] x = new double[steps];
        double[] y = new double[steps];
        for (int i = 0; i < steps; i++) {
            x[i] = rows[i * COLUMNS];
            y[i] = rows[i * COLUMNS + column];
        }
        return new Chart.Line(name, x, y);
    }
}
