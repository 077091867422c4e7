package tandem.tools.train;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tandem.model.data.DataSet;
import tandem.model.metrics.Evaluation;

/** A summary of an evaluation for readers who do not know the metrics. */
final class EvaluationSummary {

    private EvaluationSummary() {}

    /** Prints the summary. */
    static void print(PrintWriter out, DataSet train, DataSet held, Evaluation evaluation) {
        out.printf(
                "Trained on %d images with only boxes and %d images with only masks; results on %d held-out images:%n",
                train.boxed(), train.masked(), held.size());
        if (evaluation.boxes() != null) {
            boxes(out, evaluation);
        }
        if (evaluation.masks() != null) {
            masks(out, evaluation);
        }
        out.println();
        Figures.print(out, evaluation);
        out.println();
    }

    private static void boxes(PrintWriter out, Evaluation evaluation) {
        List<Evaluation.BoxClass> classes = evaluation.boxes().classes().stream()
                .filter(one -> !Double.isNaN(one.ap50()))
                .sorted(Comparator.comparingDouble(Evaluation.BoxClass::ap50))
                .toList();
        out.printf(
                Locale.ROOT,
                "- Object detection (boxes): %s (AP50 %.2f; the maximum is 1).",
                grade(evaluation.ap50()),
                evaluation.ap50());
        if (classes.size() > 1) {
            Evaluation.BoxClass worst = classes.get(0);
            Evaluation.BoxClass best = classes.get(classes.size() - 1);
            out.printf(
                    Locale.ROOT,
                    " Best class: %s (%.2f); worst class: %s (%.2f).",
                    words(best.name()),
                    best.ap50(),
                    words(worst.name()),
                    worst.ap50());
        }
        out.println();
    }

    private static void masks(PrintWriter out, Evaluation evaluation) {
        List<Evaluation.MaskClass> classes = evaluation.masks().classes().stream()
                .skip(1)
                .filter(one -> !Double.isNaN(one.iou()))
                .sorted(Comparator.comparingDouble(Evaluation.MaskClass::iou))
                .toList();
        out.printf(
                Locale.ROOT,
                "- Segmentation (masks): %s (mIoU %.2f; the maximum is 1); %.1f %% of the pixels have the correct class.",
                grade(evaluation.miou()),
                evaluation.miou(),
                100 * evaluation.pixelAccuracy());
        if (classes.size() > 1) {
            Evaluation.MaskClass worst = classes.get(0);
            Evaluation.MaskClass best = classes.get(classes.size() - 1);
            out.printf(
                    Locale.ROOT,
                    " Best class: %s (%.2f); worst class: %s (%.2f).",
                    words(best.name()),
                    best.iou(),
                    words(worst.name()),
                    worst.iou());
        }
        out.println();
    }

    private static String words(String className) {
        return className.replace('_', ' ').replace('-', ' ');
    }

    private static String grade(double figure) {
        return figure >= 0.8
                ? "very good"
                : figure >= 0.6 ? "good" : figure >= 0.4 ? "fair" : figure >= 0.2 ? "low" : "very low";
    }
}
