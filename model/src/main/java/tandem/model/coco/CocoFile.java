package tandem.model.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A file in COCO's instances format, exactly as written: without checks or corrections. It is read as a stream, so that
 * a file of 500 MB needs memory only for its numbers.
 *
 * @param file its path
 * @param annotates the value of {@code info.annotates}: {@code boxes}, {@code masks}, or empty without it
 * @param images its images, in order
 * @param categories its classes, in order
 * @param items its annotations, in order
 */
public record CocoFile(Path file, String annotates, List<Image> images, List<Category> categories, List<Item> items) {

    /** Copies the lists. */
    public CocoFile {
        images = List.copyOf(images);
        categories = List.copyOf(categories);
        items = List.copyOf(items);
    }

    /** An image; width and height in pixels, 0 when the file has none. */
    public record Image(long id, String fileName, int width, int height) {}

    /**
     * A class.
     *
     * @param parent name of its {@code supercategory}, empty when it has none
     */
    public record Category(long id, String name, String parent) {}

    /**
     * An annotation.
     *
     * @param place its place in the file, such as {@code annotations[7]}
     * @param id its id; -1 when it has none
     * @param image id of its image
     * @param category id of its class
     * @param corner (x, y, width, height) of its box in pixels; null when it has none
     * @param outline its outline; null when it has none
     * @param area its area, NaN when it has none
     * @param crowd a group of objects with one outline
     * @param ignored whether the file marks it as ignored or difficult
     * @param fault its error; null when it is readable
     */
    public record Item(
            String place,
            long id,
            long image,
            long category,
            double[] corner,
            Outline outline,
            double area,
            boolean crowd,
            boolean ignored,
            String fault) {

        /** Its name in messages: its id, or else its place. */
        public String name() {
            return id >= 0 ? "annotation " + id : place;
        }
    }

    /**
     * Reads a whole file.
     *
     * @throws IOException when it cannot be read, is no JSON, lacks images, categories or annotations, or an image or
     *     category has no id
     */
    public static CocoFile read(Path file) throws IOException {
        return new Reading(file, true).run();
    }

    /**
     * Reads only the classes; images and annotations are skipped and stay empty.
     *
     * @throws IOException as for {@link #read}
     */
    public static CocoFile head(Path file) throws IOException {
        return new Reading(file, false).run();
    }

    /**
     * Whether a JSON file starts as an instances file does: its first fields are COCO's. It reads no further than the
     * first of {@code images}, {@code categories} and {@code annotations}.
     *
     * @throws IOException when it cannot be read or is no JSON up to there
     */
    public static boolean hasInstances(Path file) throws IOException {
        try (JsonParser parser = CocoJson.MAPPER.createParser(file.toFile())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return false;
            }
            while (parser.nextToken() == JsonToken.FIELD_NAME) {
                String field = parser.currentName();
                parser.nextToken();
                switch (field) {
                    case "images", "categories", "annotations" -> {
                        return parser.currentToken() == JsonToken.START_ARRAY;
                    }
                    case "shapes", "imagePath", "imageData" -> {
                        return false;
                    }
                    default -> parser.skipChildren();
                }
            }
            return false;
        }
    }

    private static final class Reading {
        private final CocoJson json;
        private final boolean whole;
        private final List<Image> images = new ArrayList<>();
        private final List<Category> categories = new ArrayList<>();
        private final List<Item> items = new ArrayList<>();
        private final List<String> found = new ArrayList<>();
        private String annotates = "";

        Reading(Path file, boolean whole) {
            json = new CocoJson(file);
            this.whole = whole;
        }

        CocoFile run() throws IOException {
            try (JsonParser parser = CocoJson.MAPPER.createParser(json.file().toFile())) {
                if (parser.nextToken() != JsonToken.START_OBJECT) {
                    throw json.error("start", "expected an object with images, categories and annotations");
                }
                while (parser.nextToken() == JsonToken.FIELD_NAME) {
                    String field = parser.currentName();
                    parser.nextToken();
                    field(parser, field);
                }
            } catch (JsonProcessingException e) {
                throw json.invalid(e);
            }
            for (String needed : List.of("images", "categories", "annotations")) {
                if (!found.contains(needed)) {
                    throw json.error(needed, "expected an array");
                }
            }
            return new CocoFile(json.file(), annotates, images, categories, items);
        }

        private void field(JsonParser parser, String field) throws IOException {
            switch (field) {
                case "info" ->
                    annotates =
                            parser.<JsonNode>readValueAsTree().path("annotates").asText();
                case "images", "categories", "annotations" -> {
                    if (parser.currentToken() != JsonToken.START_ARRAY) {
                        throw json.error(field, "expected an array");
                    }
                    found.add(field);
                    if (whole || field.equals("categories")) {
                        for (int index = 0; parser.nextToken() != JsonToken.END_ARRAY; index++) {
                            element(field, index, parser.readValueAsTree());
                        }
                    } else {
                        parser.skipChildren();
                    }
                }
                default -> parser.skipChildren();
            }
        }

        private void element(String field, int index, JsonNode node) throws IOException {
            switch (field) {
                case "images" ->
                    images.add(new Image(
                            json.id(node, "id"),
                            node.path("file_name").asText(),
                            node.path("width").asInt(),
                            node.path("height").asInt()));
                case "categories" ->
                    categories.add(new Category(
                            json.id(node, "id"),
                            node.path("name").asText().strip(),
                            node.path("supercategory").asText().strip()));
                default -> items.add(item("annotations[" + index + "]", node));
            }
        }

        private Item item(String place, JsonNode node) {
            long id = node.path("id").canConvertToLong() && node.path("id").isIntegralNumber()
                    ? node.get("id").asLong()
                    : -1;
            double area = node.path("area").isNumber() ? node.get("area").asDouble() : Double.NaN;
            boolean crowd = node.path("iscrowd").asInt() != 0;
            boolean ignored =
                    node.path("ignore").asInt() != 0 || node.path("difficult").asInt() != 0;
            long image = -1;
            long category = -1;
            try {
                image = json.id(node, "image_id");
                category = json.id(node, "category_id");
                return new Item(
                        place,
                        id,
                        image,
                        category,
                        json.corner(node, place),
                        json.outline(node, place),
                        area,
                        crowd,
                        ignored,
                        null);
            } catch (IOException e) {
                String fault = e.getMessage().substring((json.file() + ", ").length());
                return new Item(
                        place,
                        id,
                        image,
                        category,
                        null,
                        null,
                        area,
                        crowd,
                        ignored,
                        fault.startsWith(place)
                                ? fault.substring(place.length()).replaceFirst("^[.:]\\s*", "")
                                : fault);
            }
        }
    }
}
