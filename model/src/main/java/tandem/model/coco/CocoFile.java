package tandem.model.coco;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A file in COCO's instances format, exactly as written: without checks or corrections. It is read as a stream, so that
 * a file of 500 MB needs memory only for its numbers.
 *
 * @param file its path
 * @param annotates the value of {@code info.annotates}: {@code boxes}, {@code masks}, or empty without it
 * @param images its images, in order
 * @param categories its classes, in order
 * @param items its annotations, in order
 * @param words ids that are no numbers, in order: the n-th, from 0, is 2^62 + n in images, categories and annotations,
 *     so that they come after all numbers
 */
public record CocoFile(
        Path file,
        String annotates,
        List<Image> images,
        List<Category> categories,
        List<Item> items,
        List<String> words) {

    private static final long FIRST_WORD = 1L << 62;

    /** A file whose ids are numbers. */
    public CocoFile(Path file, String annotates, List<Image> images, List<Category> categories, List<Item> items) {
        this(file, annotates, images, categories, items, List.of());
    }

    /** The same file with other annotations. */
    public CocoFile withItems(List<Item> other) {
        return new CocoFile(file, annotates, images, categories, other, words);
    }

    /** An id as written. */
    public String idText(long id) {
        long word = id - FIRST_WORD;
        return word >= 0 && word < words.size() ? words.get((int) word) : Long.toString(id);
    }

    /** Copies the lists. */
    public CocoFile {
        words = List.copyOf(words);
        images = List.copyOf(images);
        categories = List.copyOf(categories);
        items = List.copyOf(items);
    }

    /**
     * An image; width and height in pixels, 0 when the file has none.
     *
     * @param text the id as written where it is a text, also one of digits; null where it is a number
     */
    public record Image(long id, String fileName, int width, int height, String text) {

        /** An image whose id is a number. */
        public Image(long id, String fileName, int width, int height) {
            this(id, fileName, width, height, null);
        }
    }

    /**
     * A class.
     *
     * @param parent name of its {@code supercategory}, empty when it has none
     * @param text the id as written where it is a text, also one of digits; null where it is a number
     */
    public record Category(long id, String name, String parent, String text) {

        /** A class whose id is a number. */
        public Category(long id, String name, String parent) {
            this(id, name, parent, null);
        }
    }

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

        /** The same as an object, or as a crowd. */
        public Item withCrowd(boolean isCrowd) {
            return new Item(place, id, image, category, corner, outline, area, isCrowd, ignored, fault);
        }

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
        CocoJson.requireRegular(file);
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

    /**
     * The names of the classes that have annotations.
     *
     * @throws IOException as for {@link #read}
     */
    public static Set<String> usedCategories(Path file) throws IOException {
        Reading reading = new Reading(file, false);
        reading.counting = true;
        CocoFile head = reading.run();
        return head.categories().stream()
                .filter(category -> reading.used.contains(category.id()))
                .map(Category::name)
                .collect(Collectors.toSet());
    }

    private static final class Reading {
        private final Set<Long> used = new HashSet<>();
        private final Map<String, Long> words = new LinkedHashMap<>();
        private boolean counting;
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
            CocoJson.requireRegular(json.file());
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
            return new CocoFile(json.file(), annotates, images, categories, items, List.copyOf(words.keySet()));
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
                    } else if (counting && field.equals("annotations")) {
                        while (parser.nextToken() != JsonToken.END_ARRAY) {
                            JsonNode category =
                                    parser.<JsonNode>readValueAsTree().path("category_id");
                            if (!category.isMissingNode()) {
                                used.add(id(category, "category_id"));
                            }
                        }
                    } else {
                        parser.skipChildren();
                    }
                }
                default -> parser.skipChildren();
            }
        }

        /** An id; a text that is no number gets a number of its own. */
        private long id(JsonNode value, String field) throws IOException {
            if (value.isTextual()
                    && !value.asText().isBlank()
                    && !value.asText().matches("[-+]?\\d{1,18}")) {
                return words.computeIfAbsent(value.asText(), text -> FIRST_WORD + words.size());
            }
            return json.idValue(value, field);
        }

        private static String text(JsonNode id) {
            return id.isTextual() ? id.asText() : null;
        }

        private void element(String field, int index, JsonNode node) throws IOException {
            switch (field) {
                case "images" ->
                    images.add(new Image(
                            id(node.path("id"), "id"),
                            node.path("file_name").asText(),
                            node.path("width").asInt(),
                            node.path("height").asInt(),
                            text(node.path("id"))));
                case "categories" ->
                    categories.add(new Category(
                            id(node.path("id"), "id"),
                            node.path("name").asText().strip(),
                            node.path("supercategory").asText().strip(),
                            text(node.path("id"))));
                default -> items.add(item("annotations[" + index + "]", node));
            }
        }

        private Item item(String place, JsonNode node) {
            JsonNode own = node.path("id");
            long id = own.isNumber() && own.canConvertToLong() && own.asDouble() == Math.rint(own.asDouble())
                    ? own.asLong()
                    : -1;
            double area = node.path("area").isNumber() ? node.get("area").asDouble() : Double.NaN;
            boolean crowd = node.path("iscrowd").asInt() != 0;
            boolean ignored =
                    node.path("ignore").asInt() != 0 || node.path("difficult").asInt() != 0;
            long image = -1;
            long category = -1;
            try {
                image = id(node.path("image_id"), "image_id");
                category = id(node.path("category_id"), "category_id");
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
