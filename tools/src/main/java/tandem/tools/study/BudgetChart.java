package tandem.tools.study;

import java.util.ArrayList;
import java.util.List;
import tandem.model.distillation.Task;
import tandem.model.figure.Chart;

/** A metric of every strategy by the number of annotated images. */
final class BudgetChart {

    /** Horizontal offset between points at the same number of images, as a share of the axis. */
    private static final double APART = 0.012;

    private BudgetChart() {}

    /** The means over the seeds, with their intervals. */
    static Chart of(StudyComparison comparison, Metric metric) {
        Task scarce = comparison.scarce();
        List<Budget> budgets = comparison.budgets();
        double apart = APART * budgets.get(budgets.size() - 1).of(scarce);
        List<Chart.Line> lines = new ArrayList<>();
        int strategies = comparison.strategies().size();
        for (int s = 0; s < strategies; s++) {
            double[][] points = new double[4][budgets.size()];
            for (int b = 0; b < budgets.size(); b++) {
                Interval mean = comparison
                        .cell(comparison.strategies().get(s), budgets.get(b), metric)
                        .mean();
                points[0][b] = budgets.get(b).of(scarce) + (s - (strategies - 1) / 2.0) * apart;
                points[1][b] = mean.estimate();
                points[2][b] = mean.low();
                points[3][b] = mean.high();
            }
            lines.add(
                    new Chart.Line(comparison.strategies().get(s).label(), points[0], points[1], points[2], points[3]));
        }
        return new Chart(
                metric.label(),
                "images annotated for " + scarce.word(),
                metric.label(),
                lines,
                Chart.Range.FROM_ZERO,
                Chart.Range.FITTED);
    }
}
