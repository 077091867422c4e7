package tandem.model.figure;

import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tandem.model.metrics.Evaluation;
import tandem.model.metrics.PrecisionRecall;

/** Precision against recall at IoU 0.5, one line per class with examples, limited to the classes with most examples. */
public final class PrecisionRecallChart {

    /** Maximum number of lines: more cannot be distinguished. */
    public static final int MAX_LINES = 12;

    private PrecisionRecallChart() {}

    /** The chart; without lines when no class has examples. Names include VOC's all-point average precision. */
    public static Chart of(Evaluation.Boxes boxes) {
        List<Chart.Line> lines = boxes.classes().stream()
                .filter(one -> one.truths() > 0)
                .sorted(Comparator.comparingInt(Evaluation.BoxClass::truths).reversed())
                .limit(MAX_LINES)
                .map(PrecisionRecallChart::line)
                .toList();
        return new Chart(
                "Precision and recall at IoU 0.5", "recall", "precision", lines, Chart.Range.UNIT, Chart.Range.UNIT);
    }

    private static Chart.Line line(Evaluation.BoxClass one) {
        PrecisionRecall curve = one.curve();
        int points = curve.detections();
        double[] recall = new double[points];
        double[] precision = new double[points];
        for (int i = 0; i < points; i++) {
            recall[i] = curve.recall(i);
            precision[i] = curve.precision(i);
        }
        return new Chart.Line(String.format(Locale.ROOT, "%s %.2f", one.name(), one.vocAllPoint()), recall, precision);
    }
}
