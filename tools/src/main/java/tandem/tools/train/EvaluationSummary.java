package tandem.tools.train;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import tandem.model.data.DataSet;
import tandem.model.metrics.Evaluation;

/** What a network learned, in plain words. */
final class EvaluationSummary {

    private EvaluationSummary() {}

    /** Prints it. */
    static void print(PrintWriter out, DataSet train, DataSet held, Evaluation evaluation) {
        out.printf(
                "What it learned, from %d images with boxes only and %d others with masks only, measured on %d it has never seen:%n",
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
                "- Finding objects: %s (AP50 %.2f; 1 is perfect).",
                grade(evaluation.ap50()),
                evaluation.ap50());
        if (classes.size() > 1) {
            Evaluation.BoxClass worst = classes.get(0);
            Evaluation.BoxClass best = classes.get(classes.size() - 1);
            out.printf(
                    Locale.ROOT,
                    " It is best at %s (%.2f) and weakest at %s (%.2f).",
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
                "- Outlining them: %s (mIoU %.2f); %.1f of 100 pixels get the right class.",
                grade(evaluation.miou()),
                evaluation.miou(),
                100 * evaluation.pixelAccuracy());
        if (classes.size() > 1) {
            Evaluation.MaskClass worst = classes.get(0);
            Evaluation.MaskClass best = classes.get(classes.size() - 1);
            out.printf(
                    Locale.ROOT,
                    " It is best at %s (%.2f) and weakest at %s (%.2f).",
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
                : figure >= 0.6 ? "good" : figure >= 0.4 ? "fair" : figure >= 0.2 ? "weak" : "hardly anything yet";
    }
}
