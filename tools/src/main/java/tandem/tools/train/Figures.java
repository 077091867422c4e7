package tandem.tools.train;

import java.io.PrintWriter;
import java.util.Locale;
import tandem.model.metrics.Evaluation;

/** The figures of an evaluation as lines of text. */
final class Figures {

    private Figures() {}

    /** The four main metrics, then one line for each class. */
    static void print(PrintWriter out, Evaluation evaluation) {
        if (evaluation.boxes() != null) {
            out.printf(
                    Locale.ROOT,
                    "boxes:  AP50 %s  AP %s  (%d images)%n",
                    figure(evaluation.ap50()),
                    figure(evaluation.ap()),
                    evaluation.boxes().images());
            for (Evaluation.BoxClass one : evaluation.boxes().classes()) {
                out.printf(
                        Locale.ROOT,
                        "  %-24s AP50 %s  AP %s  %d annotated%n",
                        one.name(),
                        figure(one.ap50()),
                        figure(one.ap()),
                        one.truths());
            }
        }
        if (evaluation.masks() != null) {
            out.printf(
                    Locale.ROOT,
                    "masks:  mIoU %s  pixel accuracy %s  (%d images)%n",
                    figure(evaluation.miou()),
                    figure(evaluation.pixelAccuracy()),
                    evaluation.masks().images());
            for (Evaluation.MaskClass one : evaluation.masks().classes()) {
                out.printf(Locale.ROOT, "  %-24s IoU %s%n", one.name(), figure(one.iou()));
            }
        }
        out.flush();
    }

    /** Three decimals, or a dash for NaN. */
    static String figure(double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.3f", value);
    }
}
