package tandem.tools.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import tandem.model.figure.PrecisionRecallChart;
import tandem.model.metrics.BoxMatches;
import tandem.model.metrics.CocoFigures;
import tandem.model.metrics.ConfusionCounts;
import tandem.model.metrics.Evaluation;
import tandem.tools.verdict.Verdict;

/** Sections of a report about an evaluation. */
public final class EvaluationReport {

    private static final String NONE = "–";
    private static final String NONE_NOTE = "– means: no annotated example in these images.";

    private EvaluationReport() {}

    /** AP50, AP, mIoU and pixel accuracy, if images are annotated for them. */
    public static List<Report.Headline> headlines(Evaluation evaluation) {
        List<Report.Headline> headlines = new ArrayList<>();
        if (evaluation.boxes() != null) {
            headlines.add(
                    new Report.Headline("AP50", figure(evaluation.ap50()), "boxes, average precision at IoU 0.50"));
            headlines.add(new Report.Headline(
                    "AP", figure(evaluation.ap()), "boxes, average precision, mean over IoU 0.50 to 0.95"));
        }
        if (evaluation.masks() != null) {
            headlines.add(new Report.Headline("mIoU", figure(evaluation.miou()), "masks, mean IoU over classes"));
            headlines.add(new Report.Headline(
                    "pixel accuracy",
                    figure(evaluation.pixelAccuracy()),
                    "masks, share of correctly classified pixels"));
        }
        return headlines;
    }

    /** What the evaluation shows, in sentences. */
    public static Section verdict(Verdict verdict) {
        return new Section.Text(
                "Verdict",
                verdict.statements().stream()
                        .map(one -> new Section.Paragraph(one.subject(), one.text()))
                        .toList());
    }

    /** Tables by box class and mask class, further metrics, and precision-recall curves. */
    public static List<Section> sections(Evaluation evaluation) {
        List<Section> sections = new ArrayList<>();
        if (evaluation.boxes() != null) {
            sections.add(boxClasses(evaluation.boxes()));
            sections.add(confusion(
                    "Boxes: true and predicted class",
                    evaluation.boxes().confusion(),
                    "Numbers of objects and of detections with a score of at least " + BoxMatches.SCORE
                            + ", paired at IoU 0.5; each row is a true class. Last column: objects without a detection (missed). Last row: "
                            + "detections without an object (false alarms)."));
            sections.add(boxFigures(evaluation.boxes()));
            sections.add(new Section.Charts(
                    "Precision and recall",
                    List.of(PrecisionRecallChart.of(evaluation.boxes())),
                    "The number beside a class is its VOC all-point average precision. At most %d classes are shown, those with most examples."
                            .formatted(PrecisionRecallChart.MAX_LINES)));
        }
        if (evaluation.masks() != null) {
            sections.add(maskClasses(evaluation.masks()));
            sections.add(confusion(
                    "Masks: true and predicted class",
                    evaluation.masks().confusion(),
                    "Numbers of pixels; each row is a true class."));
        }
        return sections;
    }

    private static Section boxClasses(Evaluation.Boxes boxes) {
        List<List<String>> rows = new ArrayList<>();
        for (Evaluation.BoxClass one : boxes.classes()) {
            rows.add(List.of(
                    one.name(),
                    count(one.truths()),
                    count(one.detections()),
                    figure(one.ap50()),
                    figure(one.ap75()),
                    figure(one.ap()),
                    figure(one.recall())));
        }
        return new Section.Table(
                "Boxes by class",
                List.of("class", "annotated", "detections", "AP50", "AP75", "AP", "recall"),
                rows,
                "%d images; difficult boxes are ignored. Recall is the mean over IoU 0.50 to 0.95. %s"
                        .formatted(boxes.images(), NONE_NOTE));
    }

    /** A row for each true class; rows and columns of zeros are left out. */
    private static Section confusion(String title, ConfusionCounts counts, String note) {
        List<Integer> shown = IntStream.range(0, counts.truth().size())
                .filter(at -> counts.ofTruth(at) > 0 || counts.ofPrediction(at) > 0)
                .boxed()
                .toList();
        List<String> columns = new ArrayList<>(List.of("true class"));
        shown.forEach(at -> columns.add(counts.predicted().get(at)));
        List<List<String>> rows = new ArrayList<>();
        for (int truth : shown) {
            List<String> row = new ArrayList<>(List.of(counts.truth().get(truth)));
            shown.forEach(predicted -> row.add(count(counts.count(truth, predicted))));
            rows.add(row);
        }
        return new Section.Table(title, columns, rows, note);
    }

    private static Section boxFigures(Evaluation.Boxes boxes) {
        CocoFigures coco = boxes.coco();
        List<List<String>> rows = List.of(
                List.of(
                        "AP",
                        figure(coco.ap()),
                        figure(coco.apSmall()),
                        figure(coco.apMedium()),
                        figure(coco.apLarge())),
                List.of(
                        "AR, 100 detections",
                        figure(coco.ar100()),
                        figure(coco.arSmall()),
                        figure(coco.arMedium()),
                        figure(coco.arLarge())),
                List.of("AR, 10 detections", figure(coco.ar10()), "", "", ""),
                List.of("AR, 1 detection", figure(coco.ar1()), "", "", ""));
        return new Section.Table(
                "Boxes by size",
                List.of("COCO metric", "all", "small", "medium", "large"),
                rows,
                "Small: area up to 32 x 32 pixels; large: from 96 x 96. VOC mAP at IoU 0.5: %s (all points), %s (11 points)."
                        .formatted(figure(boxes.vocAllPoint()), figure(boxes.vocElevenPoint())));
    }

    private static Section maskClasses(Evaluation.Masks masks) {
        long all = masks.classes().stream()
                .mapToLong(Evaluation.MaskClass::truePixels)
                .sum();
        List<List<String>> rows = new ArrayList<>();
        for (Evaluation.MaskClass one : masks.classes()) {
            rows.add(List.of(
                    one.name(),
                    percent(one.truePixels(), all),
                    percent(one.predictedPixels(), all),
                    figure(one.iou()),
                    figure(one.accuracy())));
        }
        return new Section.Table(
                "Masks by class",
                List.of("class", "true pixels", "predicted pixels", "IoU", "accuracy"),
                rows,
                "%d images at their original size. Frequency-weighted IoU %s, mean accuracy %s. %s"
                        .formatted(
                                masks.images(),
                                figure(masks.frequencyWeightedIou()),
                                figure(masks.meanAccuracy()),
                                NONE_NOTE));
    }

    /** A metric with three decimals; a dash for NaN. */
    static String figure(double value) {
        return Double.isNaN(value) ? NONE : String.format(Locale.ROOT, "%.3f", value);
    }

    private static String count(long value) {
        return Long.toString(value);
    }

    private static String percent(long part, long all) {
        return all == 0 ? NONE : String.format(Locale.ROOT, "%.2f %%", 100.0 * part / all);
    }
}
