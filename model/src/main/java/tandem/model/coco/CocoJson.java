package tandem.model.coco;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tandem.kernels.text.Excerpt;

/**
 * The parts of a COCO file that annotations and detections share. Every error names the file and the place in it.
 *
 * @param file the file
 */
public record CocoJson(Path file) {

    /** NaN is not JSON, but some labelling tools write it: it is read here, and rejected where a number is required. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();

    /** The whole file in memory. */
    public JsonNode tree() throws IOException {
        try {
            requireRegular(file);
            return MAPPER.readTree(file.toFile());
        } catch (JsonProcessingException e) {
            throw invalid(e);
        }
    }

    /** Refuses a pipe or a device, as reading it may never end. */
    static void requireRegular(Path file) throws IOException {
        if (Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file)) {
            throw new IOException(file + ": is a pipe or a device, expected a file; copy its content into a file");
        }
    }

    IOException invalid(JsonProcessingException e) {
        int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
        return new IOException(file + ", line " + line + ": not valid JSON: " + Excerpt.of(e.getOriginalMessage()), e);
    }

    /** An error at a place in the file. */
    public IOException error(String where, String what) {
        return new IOException(file + ", " + where + ": " + Excerpt.of(what));
    }

    /** A field that must be an array. */
    public JsonNode array(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw error(field, "expected an array");
        }
        return value;
    }

    /** An integer; some files write identifiers as text, or as 208.0. */
    public long id(JsonNode node, String field) throws IOException {
        return idValue(node.path(field), field);
    }

    /** The same of the value itself. */
    long idValue(JsonNode value, String field) throws IOException {
        if (value.isIntegralNumber() || value.isNumber() && value.asDouble() == Math.rint(value.asDouble())) {
            return value.asLong();
        }
        try {
            return Long.parseLong(value.asText());
        } catch (NumberFormatException e) {
            throw error(field, "expected a whole number, found " + (value.isMissingNode() ? "none" : value));
        }
    }

    /** (x, y, width, height) of the box, or null when there is none. */
    public double[] corner(JsonNode node, String where) throws IOException {
        JsonNode value = node.path("bbox");
        if (isAbsent(value)) {
            return null;
        }
        double[] corner = numbers(value, where + ".bbox");
        if (corner.length != 4) {
            throw error(where + ".bbox", "expected (x, y, width, height), found " + value);
        }
        return corner;
    }

    /** Whether a field has no content; Jackson calls texts and numbers empty too. */
    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode()
                || value.isNull()
                || value.isContainerNode() && value.isEmpty()
                || value.isTextual() && value.asText().isBlank();
    }

    /** The outline, or null when there is none. */
    public Outline outline(JsonNode node, String where) throws IOException {
        JsonNode value = node.path("segmentation");
        if (isAbsent(value)) {
            return null;
        }
        String place = where + ".segmentation";
        if (!value.isContainerNode()) {
            throw error(place, "expected polygons or run lengths, found " + value);
        }
        if (value.isObject()) {
            double[] size = numbers(value.path("size"), place + ".size");
            if (size.length != 2) {
                throw error(place + ".size", "expected (height, width)");
            }
            JsonNode counts = value.path("counts");
            if (counts.isTextual()) {
                return new Outline.CompressedRuns((int) size[1], (int) size[0], counts.asText());
            }
            double[] runs = numbers(counts, place + ".counts");
            int[] whole = new int[runs.length];
            for (int i = 0; i < runs.length; i++) {
                whole[i] = (int) runs[i];
                if (whole[i] != runs[i]) {
                    throw error(place + ".counts", "expected whole numbers of pixels, found " + runs[i]);
                }
            }
            return new Outline.Runs((int) size[1], (int) size[0], whole);
        }
        if (value.isArray() && value.get(0).isNumber()) {
            return new Outline.Polygons(List.of(numbers(value, place)));
        }
        List<double[]> polygons = new ArrayList<>();
        for (JsonNode polygon : value) {
            if (!polygon.isArray() || !polygon.isEmpty()) {
                polygons.add(numbers(polygon, place));
            }
        }
        return polygons.isEmpty() ? null : new Outline.Polygons(polygons);
    }

    private double[] numbers(JsonNode array, String where) throws IOException {
        if (!array.isArray()) {
            throw error(where, "expected an array of numbers");
        }
        if (array.isEmpty()) {
            return new double[0];
        }
        double[] values = new double[array.size()];
        for (int i = 0; i < values.length; i++) {
            if (!array.get(i).isNumber()) {
                throw error(where, "expected numbers, found " + array.get(i));
            }
            values[i] = array.get(i).asDouble();
        }
        return values;
    }
}
