package tandem.tools.report;

import java.util.Arrays;
import java.util.List;
import tandem.model.picture.Chart;
import tandem.model.train.TrainingObserver;

/** Remembers the figures of every step and draws them. Used by the thread that trains. */
public final class TrainingCurves implements TrainingObserver {

    private static final int COLUMNS = 7;

    /** Rows of: step, total, location, confidence, segmentation, gradient norm, learning rate. */
    private double[] rows = new double[COLUMNS * 256];
    private int steps;

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

    /** Charts of the losses, the norm of the gradient, and the learning rate. */
    public List<Chart> charts() {
        return List.of(
                new Chart("Training loss", "step", "loss",
                        List.of(line("total", 1), line("location", 2), line("confidence", 3), line("segmentation", 4)),
                        Chart.Range.FITTED, Chart.Range.FROM_ZERO),
                new Chart("Gradient norm, before clipping", "step", "norm", List.of(line("", 5)),
                        Chart.Range.FITTED, Chart.Range.FROM_ZERO),
                new Chart("Learning rate", "step", "rate", List.of(line("", 6)), Chart.Range.FITTED, Chart.Range.FROM_ZERO));
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
