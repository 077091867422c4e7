package tandem.model.data;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file of labelme, one image each. The embedded pixels ({@code imageData}) are skipped without being read into
 * memory.
 *
 * @param file its path
 * @param imagePath the image's path as written, empty when absent
 * @param width columns of the annotated image, 0 when absent
 * @param height rows of the annotated image, 0 when absent
 * @param embedded whether pixels are embedded
 * @param shapes its shapes, in order
 */
record LabelmeFile(Path file, String imagePath, int width, int height, boolean embedded, List<Shape> shapes) {

    private static final ObjectMapper MAPPER = new ObjectMapper(new JsonFactory());

    /**
     * A shape.
     *
     * @param where its place in the file, such as {@code shapes[3]}
     * @param label its class
     * @param type {@code polygon}, {@code rectangle}, {@code circle}, {@code mask}, {@code point}, ...
     * @param points (x0, y0, x1, y1, ...) in pixels
     * @param group shapes with the same group and label are one object; null for none
     * @param difficult whether a flag or attribute of that name is set
     * @param mask PNG in base64 between the two points; null unless the type is {@code mask}
     */
    record Shape(
            String where, String label, String type, double[] points, String group, boolean difficult, String mask) {}

    /** Whether a JSON file starts as one of labelme does. */
    static boolean isLabelme(Path file) {
        try (JsonParser parser = MAPPER.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                if (field.equals("shapes")) {
                    return parser.currentToken() == JsonToken.START_ARRAY;
                }
                if (field.equals("images") || field.equals("annotations")) {
                    return false;
                }
                parser.skipChildren();
            }
            return false;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Reads it.
     *
     * @throws DataException when it is no file of labelme
     */
    static LabelmeFile read(Path file) {
        String imagePath = "";
        int width = 0;
        int height = 0;
        boolean embedded = false;
        List<Shape> shapes = null;
        try (JsonParser parser = MAPPER.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new DataException(file, "is no object, expected a file of labelme", "save it again");
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "imagePath" -> imagePath = parser.getValueAsString("");
                    case "imageWidth" -> width = parser.getValueAsInt(0);
                    case "imageHeight" -> height = parser.getValueAsInt(0);
                    case "imageData" -> {
                        embedded = parser.currentToken() == JsonToken.VALUE_STRING;
                        parser.skipChildren();
                    }
                    case "shapes" -> shapes = shapes(file, parser);
                    default -> parser.skipChildren();
                }
            }
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new DataException(
                    file, "is not valid JSON (line " + line + ": " + e.getOriginalMessage() + ")", "save it again");
        } catch (IOException e) {
            throw new DataException(
                    file, "cannot be read (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        if (shapes == null) {
            throw new DataException(file, "has no shapes, expected a file of labelme", "save it again");
        }
        return new LabelmeFile(file, imagePath, width, height, embedded, List.copyOf(shapes));
    }

    private static List<Shape> shapes(Path file, JsonParser parser) throws IOException {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw new DataException(file, "has shapes that are no array", "save it again");
        }
        List<Shape> shapes = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            String where = "shapes[" + shapes.size() + "]";
            JsonNode node = parser.readValueAsTree();
            JsonNode label = node.path("label");
            if (!label.isValueNode() || label.isNull() || label.asText().isBlank()) {
                throw new DataException(file, where + " has no label", "label it, or remove it");
            }
            JsonNode group = node.path("group_id");
            shapes.add(new Shape(
                    where + " ('" + label.asText().strip() + "')",
                    label.asText().strip(),
                    node.path("shape_type").asText("polygon"),
                    points(file, where, node.path("points")),
                    group.isMissingNode() || group.isNull() ? null : group.asText(),
                    node.path("difficult").asBoolean()
                            || node.path("flags").path("difficult").asBoolean(),
                    node.path("mask").isTextual() ? node.path("mask").asText() : null));
        }
        return shapes;
    }

    private static double[] points(Path file, String where, JsonNode array) {
        double[] points = new double[2 * array.size()];
        for (int i = 0; i < array.size(); i++) {
            JsonNode point = array.get(i);
            if (point.size() != 2 || !point.get(0).isNumber() || !point.get(1).isNumber()) {
                throw new DataException(
                        file, where + " has the point " + point + ", expected two numbers, x and y", "correct it");
            }
            points[2 * i] = point.get(0).asDouble();
            points[2 * i + 1] = point.get(1).asDouble();
        }
        return points;
    }
}
