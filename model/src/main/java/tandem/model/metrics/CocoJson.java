package tandem.model.metrics;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;

/** The parts of a COCO file that annotations and detections share. Every error names the file and the place in it. */
record CocoJson(Path file, JsonNode root) {

    static CocoJson read(Path file) throws IOException {
        try {
            JsonNode root = new ObjectMapper().readTree(file.toFile());
            return new CocoJson(file, root);
        } catch (JsonProcessingException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNr();
            throw new IOException(file + ", line " + line + ": not valid JSON: " + e.getOriginalMessage(), e);
        }
    }

    IOException error(String where, String what) {
        return new IOException(file + ", " + where + ": " + what);
    }

    JsonNode array(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (!value.isArray()) {
            throw error(field, "expected an array");
        }
        return value;
    }

    /** A whole number; some files write identifiers as text. */
    long id(JsonNode node, String field) throws IOException {
        JsonNode value = node.path(field);
        if (value.isIntegralNumber()) {
            return value.asLong();
        }
        try {
            return Long.parseLong(value.asText());
        } catch (NumberFormatException e) {
            throw error(field, "expected a whole number, found " + value);
        }
    }

    /** The box, or null when there is none. */
    Box box(JsonNode node, String where) throws IOException {
        JsonNode value = node.path("bbox");
        if (value.isMissingNode() || value.isNull() || value.isEmpty()) {
            return null;
        }
        double[] corner = numbers(value, where + ".bbox");
        if (corner.length != 4) {
            throw error(where + ".bbox", "expected (x, y, width, height), found " + value);
        }
        try {
            return Box.ofCorner(corner[0], corner[1], corner[2], corner[3]);
        } catch (IllegalArgumentException e) {
            throw error(where + ".bbox", e.getMessage());
        }
    }

    /** The mask, or null when there is none; polygons are drawn at the size of {@code image}. */
    RunLengthMask mask(JsonNode node, CocoDataset.Image image, String where) throws IOException {
        JsonNode value = node.path("segmentation");
        if (value.isMissingNode() || value.isNull() || value.isEmpty()) {
            return null;
        }
        String place = where + ".segmentation";
        try {
            if (value.isObject()) {
                double[] size = numbers(value.path("size"), place + ".size");
                if (size.length != 2) {
                    throw error(place + ".size", "expected (height, width)");
                }
                JsonNode counts = value.path("counts");
                if (counts.isTextual()) {
                    return RunLengthMask.parse((int) size[1], (int) size[0], counts.asText());
                }
                double[] runs = numbers(counts, place + ".counts");
                int[] whole = new int[runs.length];
                for (int i = 0; i < runs.length; i++) {
                    whole[i] = (int) runs[i];
                }
                return new RunLengthMask((int) size[1], (int) size[0], whole);
            }
            if (image == null || image.width() <= 0 || image.height() <= 0) {
                throw error(place, "polygons need the width and height of their image");
            }
            double[][] polygons = new double[value.size()][];
            for (int i = 0; i < polygons.length; i++) {
                polygons[i] = numbers(value.get(i), place);
            }
            return RunLengthMask.ofPolygons(image.width(), image.height(), polygons);
        } catch (IllegalArgumentException e) {
            throw error(place, e.getMessage());
        }
    }

    private double[] numbers(JsonNode array, String where) throws IOException {
        if (!array.isArray()) {
            throw error(where, "expected an array of numbers");
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
