package tandem.model.metrics;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A COCO instances file: what is annotated on which image.
 *
 * @param images by id, ascending
 * @param categories names by id, ascending; a category's place in that order is its label
 */
public record CocoDataset(Map<Long, Image> images, Map<Long, String> categories) {

    /** One image and its annotations, in the order of the file; sides are 0 when the file does not give them. */
    public record Image(long id, String fileName, int width, int height, List<Annotation> annotations) {}

    /**
     * One object.
     *
     * @param label place of its category, from 0
     * @param box null when the file gives none
     * @param mask null when the file gives none
     * @param area as annotated; of the box, or else of the mask, when the file gives none
     * @param crowd a group outlined as one
     * @param ignored whether the file says to ignore it
     */
    public record Annotation(int label, Box box, RunLengthMask mask, double area, boolean crowd, boolean ignored) {}

    /** What to compare. */
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
        CocoJson json = CocoJson.read(file);
        TreeMap<Long, String> categories = new TreeMap<>();
        for (JsonNode node : json.array(json.root(), "categories")) {
            categories.put(json.id(node, "id"), node.path("name").asText());
        }
        List<Long> labels = List.copyOf(categories.keySet());
        TreeMap<Long, Image> images = new TreeMap<>();
        for (JsonNode node : json.array(json.root(), "images")) {
            long id = json.id(node, "id");
            images.put(id, new Image(id, node.path("file_name").asText(), node.path("width").asInt(),
                    node.path("height").asInt(), new ArrayList<>()));
        }
        int index = 0;
        for (JsonNode node : json.array(json.root(), "annotations")) {
            String where = "annotations[" + index++ + "]";
            Image image = images.get(json.id(node, "image_id"));
            int label = labels.indexOf(json.id(node, "category_id"));
            if (image == null || label < 0) {
                throw json.error(where, (image == null ? "unknown image_id " : "unknown category_id ")
                        + node.get(image == null ? "image_id" : "category_id"));
            }
            Box box = json.box(node, where);
            RunLengthMask mask = json.mask(node, image, where);
            double area = node.path("area").isNumber() ? node.get("area").asDouble()
                    : box != null ? box.area() : mask != null ? mask.area() : 0;
            image.annotations().add(new Annotation(
                    label, box, mask, area, node.path("iscrowd").asInt() != 0, node.path("ignore").asInt() != 0));
        }
        return new CocoDataset(new LinkedHashMap<>(images), new LinkedHashMap<>(categories));
    }

    /**
     * Evaluates detections against these annotations. Images without detections count.
     *
     * @throws IllegalArgumentException when a detection is on an unknown image or of an unknown category, or a region of the
     *     wanted kind is missing
     */
    public CocoFigures evaluate(List<CocoResult> results, Kind kind) {
        List<Long> labels = List.copyOf(categories.keySet());
        Map<Long, List<CocoEvaluator.Prediction>> predictions = new TreeMap<>();
        for (CocoResult result : results) {
            int label = labels.indexOf(result.category());
            if (label < 0 || !images.containsKey(result.image())) {
                throw new IllegalArgumentException("detection on image %d of category %d: no such %s in the ground truth"
                        .formatted(result.image(), result.category(), label < 0 ? "category" : "image"));
            }
            Region region = kind == Kind.BOXES ? result.box() : result.mask();
            if (region == null) {
                throw new IllegalArgumentException(
                        "detection on image %d has no %s".formatted(result.image(), kind == Kind.BOXES ? "box" : "mask"));
            }
            predictions.computeIfAbsent(result.image(), id -> new ArrayList<>())
                    .add(new CocoEvaluator.Prediction(label, result.score(), region, region.area()));
        }
        CocoEvaluator evaluator = new CocoEvaluator(labels.size());
        for (Image image : images.values()) {
            List<CocoEvaluator.Truth> truth = new ArrayList<>();
            for (Annotation annotation : image.annotations()) {
                Region region = kind == Kind.BOXES ? annotation.box() : annotation.mask();
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
}
