package tandem.model.metrics;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tandem.model.coco.CocoFile;
import tandem.model.coco.CocoJson;
import tandem.model.coco.RunLengthMask;

/**
 * A COCO instances file: images and their annotations.
 *
 * @param images by id, ascending
 * @param categories names by id, ascending; a category's place in that order is its label
 */
public record CocoDataset(Map<Long, Image> images, Map<Long, String> categories) {

    /** One image and its annotations, in the order of the file; width and height are 0 when the file has none. */
    public record Image(long id, String fileName, int width, int height, List<Annotation> annotations) {}

    /**
     * One object.
     *
     * @param label place of its category, from 0
     * @param box null when the file has none
     * @param mask null when the file has none
     * @param area as annotated; if the file has none, that of the box, or else of the mask
     * @param crowd a group of objects with one outline
     * @param ignored whether the file marks it as ignored
     */
    public record Annotation(
            int label, BoxRegion box, RunLengthMask mask, double area, boolean crowd, boolean ignored) {}

    /** The kind of region to compare. */
    public enum Kind {
        /** Boxes. */
        BOXES,
        /** Masks of objects. */
        MASKS
    }

    /**
     * Reads a file in COCO's instances format.
     *
     * @throws IOException when it cannot be read, is no JSON, or an annotation names an unknown image or category
     */
    public static CocoDataset read(Path file) throws IOException {
        CocoFile content = CocoFile.read(file);
        TreeMap<Long, String> categories = new TreeMap<>();
        content.categories().forEach(category -> categories.put(category.id(), category.name()));
        List<Long> labels = List.copyOf(categories.keySet());
        TreeMap<Long, Image> images = new TreeMap<>();
        for (CocoFile.Image image : content.images()) {
            images.put(
                    image.id(),
                    new Image(image.id(), image.fileName(), image.width(), image.height(), new ArrayList<>()));
        }
        CocoJson json = new CocoJson(file);
        for (CocoFile.Item item : content.items()) {
            if (item.fault() != null) {
                throw json.error(item.place(), item.fault());
            }
            Image image = images.get(item.image());
            int label = labels.indexOf(item.category());
            if (image == null || label < 0) {
                throw json.error(
                        item.place(),
                        image == null ? "unknown image_id " + item.image() : "unknown category_id " + item.category());
            }
            BoxRegion box;
            try {
                box = box(item.corner());
            } catch (IllegalArgumentException e) {
                throw json.error(item.place() + ".bbox", e.getMessage());
            }
            RunLengthMask mask;
            try {
                mask = item.outline() == null ? null : item.outline().draw(image.width(), image.height());
            } catch (IllegalArgumentException e) {
                throw json.error(item.place() + ".segmentation", e.getMessage());
            }
            double area = !Double.isNaN(item.area())
                    ? item.area()
                    : box != null ? box.area() : mask != null ? mask.area() : 0;
            image.annotations().add(new Annotation(label, box, mask, area, item.crowd(), item.ignored()));
        }
        return new CocoDataset(new LinkedHashMap<>(images), new LinkedHashMap<>(categories));
    }

    /** The box of COCO's (x, y, width, height); null for null. */
    static BoxRegion box(double[] corner) {
        return corner == null ? null : BoxRegion.ofCorner(corner[0], corner[1], corner[2], corner[3]);
    }

    /**
     * Evaluates detections against these annotations. Images without detections are included.
     *
     * @throws IllegalArgumentException when a detection is on an unknown image or of an unknown category, or a region
     *     of this kind is missing
     */
    public CocoFigures evaluate(List<CocoResult> results, Kind kind) {
        List<Long> labels = List.copyOf(categories.keySet());
        Map<Long, List<CocoEvaluator.Prediction>> predictions = new TreeMap<>();
        for (CocoResult result : results) {
            int label = labels.indexOf(result.category());
            if (label < 0 || !images.containsKey(result.image())) {
                throw new IllegalArgumentException(
                        "detection on image %d of category %d: no such %s in the ground truth"
                                .formatted(result.image(), result.category(), label < 0 ? "category" : "image"));
            }
            Region region = region(kind, result.box(), result.mask());
            if (region == null) {
                throw new IllegalArgumentException("detection on image %d has no %s"
                        .formatted(result.image(), kind == Kind.BOXES ? "box" : "mask"));
            }
            predictions
                    .computeIfAbsent(result.image(), id -> new ArrayList<>())
                    .add(new CocoEvaluator.Prediction(label, result.score(), region, region.area()));
        }
        CocoEvaluator evaluator = new CocoEvaluator(labels.size());
        for (Image image : images.values()) {
            List<CocoEvaluator.Truth> truth = new ArrayList<>();
            for (Annotation annotation : image.annotations()) {
                Region region = region(kind, annotation.box(), annotation.mask());
                if (region == null) {
                    throw new IllegalArgumentException("an annotation of image %d has no %s"
                            .formatted(image.id(), kind == Kind.BOXES ? "box" : "mask"));
                }
                truth.add(new CocoEvaluator.Truth(
                        annotation.label(), region, annotation.area(), annotation.crowd(), annotation.ignored()));
            }
            evaluator.add(image.id(), predictions.getOrDefault(image.id(), List.of()), truth);
        }
        return evaluator.figures();
    }

    private static Region region(Kind kind, BoxRegion box, RunLengthMask mask) {
        return kind == Kind.BOXES ? box : mask == null ? null : new MaskRegion(mask);
    }
}
