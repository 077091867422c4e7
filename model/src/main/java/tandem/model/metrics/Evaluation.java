package tandem.model.metrics;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * Every figure of an evaluation, in [0, 1]. A figure without examples is NaN; in JSON it is null.
 *
 * @param images number of images
 * @param boxes null when no image had annotated boxes
 * @param masks null when no image had a mask
 */
public record Evaluation(int images, Boxes boxes, Masks masks) {

    /**
     * Figures of the detection.
     *
     * @param images images with annotated boxes
     * @param coco COCO's figures; a difficult box is ignored, and the area is the box's
     * @param vocAllPoint VOC's mean average precision at IoU 0.5 in the form used since 2010; box coordinates are pixel
     *     edges, which gives the same numbers as VOC's inclusive pixel coordinates
     * @param vocElevenPoint the same in the form used until 2009
     * @param confusion objects and detections with a score of at least {@link BoxMatches#SCORE}, by true and predicted
     *     class; the last row are detections without an object, the last column are objects without a detection
     */
    public record Boxes(
            int images,
            CocoFigures coco,
            double vocAllPoint,
            double vocElevenPoint,
            List<BoxClass> classes,
            ConfusionCounts confusion) {}

    /**
     * Figures of the detection of one class.
     *
     * @param truths annotated boxes that are not difficult
     * @param detections detections that are not ignored
     * @param ap average precision over IoU 0.50 to 0.95 (COCO)
     * @param ap50 average precision at IoU 0.50 (COCO)
     * @param ap75 average precision at IoU 0.75 (COCO)
     * @param recall average recall over IoU 0.50 to 0.95 (COCO)
     * @param vocAllPoint VOC's average precision at IoU 0.5
     * @param curve precision and recall at IoU 0.5 by VOC's rules
     */
    public record BoxClass(
            String name,
            int truths,
            int detections,
            double ap,
            double ap50,
            double ap75,
            double recall,
            double vocAllPoint,
            PrecisionRecall curve) {}

    /**
     * Figures of the segmentation.
     *
     * @param images images with a mask
     * @param miou mean intersection over union of the classes in the truth, background included
     * @param pixelAccuracy share of the pixels that are predicted correctly
     * @param meanAccuracy mean over the classes of the share of the class's pixels that are predicted correctly
     * @param frequencyWeightedIou intersection over union weighted by true pixels
     * @param confusion pixels by true and predicted class, background first
     */
    public record Masks(
            int images,
            double miou,
            double pixelAccuracy,
            double meanAccuracy,
            double frequencyWeightedIou,
            List<MaskClass> classes,
            ConfusionCounts confusion) {}

    /**
     * Figures of the segmentation of one class.
     *
     * @param truePixels pixels of it in the truth
     * @param predictedPixels pixels predicted as it
     * @param iou intersection over union
     * @param accuracy share of its pixels that are predicted correctly
     * @param images images that have it in the truth
     */
    public record MaskClass(
            String name, long truePixels, long predictedPixels, double iou, double accuracy, int images) {}

    /** COCO's average precision over IoU 0.50 to 0.95; NaN without boxes. */
    public double ap() {
        return boxes == null ? Double.NaN : boxes.coco().ap();
    }

    /** COCO's average precision at IoU 0.50; NaN without boxes. */
    public double ap50() {
        return boxes == null ? Double.NaN : boxes.coco().ap50();
    }

    /** Mean intersection over union; NaN without masks. */
    public double miou() {
        return masks == null ? Double.NaN : masks.miou();
    }

    /** Share of the pixels that are predicted correctly; NaN without masks. */
    public double pixelAccuracy() {
        return masks == null ? Double.NaN : masks.pixelAccuracy();
    }

    /** All figures for {@code result.json}: ap50, ap, miou and pixelAccuracy first, then the details. */
    public ObjectNode toJson() {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        put(json, "ap50", ap50());
        put(json, "ap", ap());
        put(json, "miou", miou());
        put(json, "pixelAccuracy", pixelAccuracy());
        json.put("images", images);
        if (boxes != null) {
            describe(boxes, json.putObject("boxes"));
        }
        if (masks != null) {
            describe(masks, json.putObject("masks"));
        }
        return json;
    }

    private static void describe(Boxes boxes, ObjectNode json) {
        json.put("images", boxes.images);
        CocoFigures coco = boxes.coco;
        String[] names = {
            "ap",
            "ap50",
            "ap75",
            "apSmall",
            "apMedium",
            "apLarge",
            "ar1",
            "ar10",
            "ar100",
            "arSmall",
            "arMedium",
            "arLarge"
        };
        double[] figures = coco.toArray();
        for (int i = 0; i < names.length; i++) {
            put(json, names[i], figures[i]);
        }
        put(json, "vocAllPoint", boxes.vocAllPoint);
        put(json, "vocElevenPoint", boxes.vocElevenPoint);
        ArrayNode classes = json.putArray("classes");
        for (BoxClass one : boxes.classes) {
            ObjectNode row = classes.addObject()
                    .put("name", one.name)
                    .put("truths", one.truths)
                    .put("detections", one.detections);
            put(row, "ap", one.ap);
            put(row, "ap50", one.ap50);
            put(row, "ap75", one.ap75);
            put(row, "recall", one.recall);
            put(row, "vocAllPoint", one.vocAllPoint);
        }
        describe(boxes.confusion, json.putObject("confusion").put("minScore", BoxMatches.SCORE));
    }

    private static void describe(Masks masks, ObjectNode json) {
        json.put("images", masks.images);
        put(json, "miou", masks.miou);
        put(json, "pixelAccuracy", masks.pixelAccuracy);
        put(json, "meanAccuracy", masks.meanAccuracy);
        put(json, "frequencyWeightedIou", masks.frequencyWeightedIou);
        ArrayNode classes = json.putArray("classes");
        for (MaskClass one : masks.classes) {
            ObjectNode row = classes.addObject()
                    .put("name", one.name)
                    .put("truePixels", one.truePixels)
                    .put("predictedPixels", one.predictedPixels)
                    .put("images", one.images);
            put(row, "iou", one.iou);
            put(row, "accuracy", one.accuracy);
        }
        describe(masks.confusion, json.putObject("confusion"));
    }

    private static void describe(ConfusionCounts confusion, ObjectNode json) {
        confusion.truth().forEach(json.putArray("truth")::add);
        confusion.predicted().forEach(json.putArray("predicted")::add);
        ArrayNode rows = json.putArray("counts");
        confusion.counts().forEach(row -> row.forEach(rows.addArray()::add));
    }

    private static void put(ObjectNode json, String name, double figure) {
        if (Double.isNaN(figure)) {
            json.putNull(name);
        } else {
            json.put(name, figure);
        }
    }
}
