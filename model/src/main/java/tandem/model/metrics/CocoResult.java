package tandem.model.metrics;

import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tandem.model.coco.CocoJson;
import tandem.model.coco.Outline;
import tandem.model.coco.RunLengthMask;

/**
 * One detection of a COCO results file.
 *
 * @param image the image's id
 * @param category the category's id
 * @param score confidence, a finite number
 * @param box null when there is none
 * @param mask null when there is none
 */
public record CocoResult(long image, long category, double score, BoxRegion box, RunLengthMask mask) {

    /** @throws IllegalArgumentException when the score is not a finite number, or there is neither box nor mask */
    public CocoResult {
        Scores.requireFinite(score);
        if (box == null && mask == null) {
            throw new IllegalArgumentException("detection on image " + image + " has neither box nor mask");
        }
    }

    /**
     * Reads a results file: an array of detections, or an instances file whose annotations have scores.
     *
     * @param dataset source of the image sizes, which polygons need
     * @throws IOException when it cannot be read, is no JSON, or a detection lacks an identifier, a score or a region
     */
    public static List<CocoResult> read(Path file, CocoDataset dataset) throws IOException {
        CocoJson json = new CocoJson(file);
        JsonNode root = json.tree();
        JsonNode list = root.isArray() ? root : json.array(root, "annotations");
        List<CocoResult> results = new ArrayList<>();
        int index = 0;
        for (JsonNode node : list) {
            String where = "detection " + index++;
            long image = json.id(node, "image_id");
            if (!node.path("score").isNumber()) {
                throw json.error(where, "has no numeric score");
            }
            try {
                results.add(new CocoResult(
                        image,
                        json.id(node, "category_id"),
                        node.get("score").asDouble(),
                        CocoDataset.box(json.corner(node, where)),
                        mask(json.outline(node, where), dataset.images().get(image))));
            } catch (IllegalArgumentException e) {
                throw json.error(where, e.getMessage());
            }
        }
        return results;
    }

    private static RunLengthMask mask(Outline outline, CocoDataset.Image image) {
        return outline == null
                ? null
                : outline.draw(image == null ? 0 : image.width(), image == null ? 0 : image.height());
    }

    /** Writes a results file: boxes as (x, y, width, height), masks as compressed run lengths. */
    public static void write(Path file, List<CocoResult> results) throws IOException {
        write(file, results, Map.of(), Map.of());
    }

    /**
     * The same, with texts in place of some ids.
     *
     * @param imageTexts texts of image ids
     * @param categoryTexts texts of category ids
     */
    public static void write(
            Path file, List<CocoResult> results, Map<Long, String> imageTexts, Map<Long, String> categoryTexts)
            throws IOException {
        try (JsonGenerator json = new ObjectMapper().createGenerator(file.toFile(), JsonEncoding.UTF8)) {
            json.writeStartArray();
            for (CocoResult result : results) {
                json.writeRaw('\n');
                json.writeStartObject();
                writeId(json, "image_id", result.image, imageTexts);
                writeId(json, "category_id", result.category, categoryTexts);
                if (result.box != null) {
                    json.writeFieldName("bbox");
                    double[] corner = {result.box.left(), result.box.top(), result.box.width(), result.box.height()};
                    json.writeArray(corner, 0, 4);
                }
                if (result.mask != null) {
                    json.writeObjectFieldStart("segmentation");
                    json.writeFieldName("size");
                    json.writeArray(new int[] {result.mask.height(), result.mask.width()}, 0, 2);
                    json.writeStringField("counts", result.mask.compress());
                    json.writeEndObject();
                }
                json.writeNumberField("score", result.score);
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeRaw('\n');
        }
    }

    private static void writeId(JsonGenerator json, String field, long id, Map<Long, String> texts) throws IOException {
        String text = texts.get(id);
        if (text == null) {
            json.writeNumberField(field, id);
        } else {
            json.writeStringField(field, text);
        }
    }
}
