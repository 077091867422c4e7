package tandem.tools.report;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.ToDoubleFunction;
import tandem.model.picture.Chart;
import tandem.model.train.TrainingObserver;

/** Remembers the figures of every step and draws them. Used by the thread that trains. */
public final class TrainingCurves implements TrainingObserver {

    private static final int COLUMNS = 7;

    /** Rows of: step, total, location, confidence, segmentation, gradient norm, learning rate. */
    private double[] rows = new double[COLUMNS * 256];
    private int steps;
    private final List<Tasks> tasks = new ArrayList<>();

    @Override
    public void onTasks(Tasks measured) {
        tasks.add(measured);
    }

    @Override
    public void onStep(Step step) {
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
    }

    /** Steps seen so far. */
    public int steps() {
        return steps;
    }

    /** Charts of the losses, the norm of the gradient, the learning rate, and of both tasks' gradients where these were measured. */
    public List<Chart> charts() {
        List<Chart> charts = new ArrayList<>(List.of(
                new Chart("Training loss", "step", "loss",
                        List.of(line("total", 1), line("location", 2), line("confidence", 3), line("segmentation", 4)),
                        Chart.Range.FITTED, Chart.Range.FROM_ZERO),
                new Chart("Gradient norm, before clipping", "step", "norm", List.of(line("", 5)),
                        Chart.Range.FITTED, Chart.Range.FROM_ZERO),
                new Chart("Learning rate", "step", "rate", List.of(line("", 6)), Chart.Range.FITTED, Chart.Range.FROM_ZERO)));
        if (!tasks.isEmpty()) {
            charts.add(new Chart("Cosine between both tasks' gradients: below 0 they fight", "step", "cosine",
                    List.of(line("", Tasks::cosine)), Chart.Range.FITTED, new Chart.Range(-1, 1)));
            charts.add(new Chart("Norms of both tasks' gradients", "step", "norm",
                    List.of(line("detection", Tasks::detectionNorm), line("segmentation", Tasks::segmentationNorm)),
                    Chart.Range.FITTED, Chart.Range.FROM_ZERO));
            charts.add(new Chart("Weights of the losses", "step", "weight", List.of(line("location", Tasks::locationWeight),
                    line("confidence", Tasks::confidenceWeight), line("segmentation", Tasks::segmentationWeight)),
                    Chart.Range.FITTED, Chart.Range.FROM_ZERO));
        }
        return charts;
    }

    private Chart.Line line(String name, ToDoubleFunction<Tasks> value) {
        return new Chart.Line(name, tasks.stream().mapToDouble(Tasks::step).toArray(), tasks.stream().mapToDouble(value).toArray());
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
