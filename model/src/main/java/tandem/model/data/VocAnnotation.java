package tandem.model.data;

import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/**
 * One Pascal VOC annotation file. Its {@code <filename>} is not used, because it is often wrong; the file's own name
 * defines its image. Document types and entities are rejected, so that reading a file never opens another.
 *
 * @param file its path
 * @param width columns of the annotated image, 0 when absent
 * @param height rows of the annotated image, 0 when absent
 * @param fileName the image name in the file, empty when absent
 * @param depth the depth in the file, in channels per pixel, 0 when absent
 * @param objects its objects, in order
 */
record VocAnnotation(Path file, int width, int height, String fileName, int depth, List<Item> objects) {

    /** An object: class name and 1-based, inclusive pixel coordinates. */
    record Item(String name, double xMin, double yMin, double xMax, double yMax, boolean difficult) {}

    /** Maximum distance of a coordinate outside the image: tools that count from 0 write such boxes at the border. */
    private static final double SLACK = 1;

    /**
     * Parses the file.
     *
     * @throws DataException when it is no VOC annotation
     */
    static VocAnnotation parse(Path file, byte[] bytes) {
        XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
        factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
        factory.setProperty(XMLInputFactory.IS_REPLACING_ENTITY_REFERENCES, false);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new ByteArrayInputStream(bytes));
            try {
                return new Parser(file).run(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
            String detail = String.valueOf(e.getMessage())
                    .replaceAll("(?s).*Message:", "")
                    .strip();
            throw new DataException(
                    file,
                    "is not well-formed XML" + (line > 0 ? " (line " + line + ": " + detail + ")" : " (" + detail + ")")
                            + ", expected a VOC annotation",
                    "write the file again");
        }
    }

    /**
     * The boxes, with 1-based inclusive corners converted to pixel edges: [xmin, xmax] covers [xmin - 1, xmax].
     *
     * @param classes names in the order of their indices
     * @param imageWidth columns of the image itself
     * @param imageHeight rows of the image itself
     * @throws DataException when a class is unknown, a box is inverted or outside, or the file belongs to an image of
     *     another size
     */
    List<Box> boxes(List<String> classes, int imageWidth, int imageHeight) {
        if (width > 0 && height > 0 && (width != imageWidth || height != imageHeight)) {
            throw new DataException(
                    file,
                    "was made for an image of " + width + " x " + height + " pixels, but the image is " + imageWidth
                            + " x " + imageHeight,
                    "annotate the stored image, or restore the annotated one");
        }
        List<Box> boxes = new ArrayList<>();
        for (Item item : objects) {
            String what = "object " + (boxes.size() + 1) + " ('" + item.name + "')";
            int label = classes.indexOf(item.name);
            if (label < 0) {
                throw new DataException(
                        file,
                        what + " is of an unknown class, expected one of " + classes,
                        "correct the name, or add the class to classes.txt");
            }
            String corners = " has the box x " + number(item.xMin) + " to " + number(item.xMax) + ", y "
                    + number(item.yMin) + " to " + number(item.yMax);
            if (!(item.xMin <= item.xMax) || !(item.yMin <= item.yMax)) {
                throw new DataException(
                        file,
                        what + corners + ", which is inverted: a minimum lies above its maximum",
                        "correct the box");
            }
            if (item.xMin < 1 - SLACK
                    || item.yMin < 1 - SLACK
                    || item.xMax > imageWidth + SLACK
                    || item.yMax > imageHeight + SLACK
                    || item.xMin > imageWidth
                    || item.yMin > imageHeight
                    || item.xMax < 1
                    || item.yMax < 1) {
                throw new DataException(
                        file,
                        what + corners + ", which lies outside its image of " + imageWidth + " x " + imageHeight
                                + " pixels (VOC counts from 1)",
                        "correct the box");
            }
            boxes.add(new Box(
                    label,
                    (float) Math.max(0, item.xMin - 1),
                    (float) Math.max(0, item.yMin - 1),
                    (float) Math.min(imageWidth, item.xMax),
                    (float) Math.min(imageHeight, item.yMax),
                    item.difficult));
        }
        return boxes;
    }

    private static String number(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e9
                ? Long.toString((long) value)
                : Double.toString(value);
    }

    /**
     * Tracks the path of open elements, to separate the names and boxes of an object's {@code <part>}s from its own.
     */
    private static final class Parser {
        private final Path file;
        private final Deque<String> open = new ArrayDeque<>();
        private final Map<String, String> values = new HashMap<>();
        private final List<Item> objects = new ArrayList<>();
        private int width;
        private int height;
        private String fileName = "";
        private int depth;

        Parser(Path file) {
            this.file = file;
        }

        VocAnnotation run(XMLStreamReader reader) throws XMLStreamException {
            StringBuilder text = new StringBuilder();
            while (reader.hasNext()) {
                switch (reader.next()) {
                    case XMLStreamConstants.DTD,
                            XMLStreamConstants.ENTITY_DECLARATION,
                            XMLStreamConstants.ENTITY_REFERENCE ->
                        throw new DataException(
                                file,
                                "declares a document type or an entity, which is not read because it can point at other files",
                                "remove the <!DOCTYPE ...> part and every &name; that it defines");
                    case XMLStreamConstants.START_ELEMENT -> {
                        boolean start = open.isEmpty();
                        open.addLast(start ? "annotation" : reader.getLocalName());
                        text.setLength(0);
                        if (start && !reader.getLocalName().equalsIgnoreCase("annotation")) {
                            throw new DataException(
                                    file,
                                    "starts with <" + reader.getLocalName() + ">, expected <annotation> as VOC has it",
                                    "convert it to the VOC layout");
                        }
                    }
                    case XMLStreamConstants.CHARACTERS, XMLStreamConstants.CDATA -> text.append(reader.getText());
                    case XMLStreamConstants.END_ELEMENT -> {
                        close(String.join("/", open), text.toString().strip());
                        open.removeLast();
                        text.setLength(0);
                    }
                    default -> {}
                }
            }
            return new VocAnnotation(file, width, height, fileName, depth, List.copyOf(objects));
        }

        private void close(String path, String text) {
            switch (path) {
                case "annotation/filename" -> fileName = text;
                case "annotation/size/depth" -> depth = text.matches("\\d{1,3}") ? Integer.parseInt(text) : 0;
                case "annotation/size/width" -> width = (int) parse("<size>", "width", text);
                case "annotation/size/height" -> height = (int) parse("<size>", "height", text);
                case "annotation/object/name" -> values.put("name", text);
                case "annotation/object/difficult" -> values.put("difficult", text);
                case "annotation/object/bndbox/xmin",
                        "annotation/object/bndbox/ymin",
                        "annotation/object/bndbox/xmax",
                        "annotation/object/bndbox/ymax" -> values.put(open.peekLast(), text);
                case "annotation/object" -> {
                    objects.add(new Item(
                            value("name"),
                            corner("xmin"),
                            corner("ymin"),
                            corner("xmax"),
                            corner("ymax"),
                            isTrue(values.getOrDefault("difficult", "0"))));
                    values.clear();
                }
                default -> {}
            }
        }

        /** VOC writes 1; other tools write true or 1.0. */
        private static boolean isTrue(String text) {
            return text.equalsIgnoreCase("true") || text.matches("1(\\.0*)?");
        }

        private String value(String key) {
            String value = values.get(key);
            if (value == null) {
                throw new DataException(
                        file,
                        "object " + (objects.size() + 1) + " has no <" + key
                                + ">, expected <name> and a <bndbox> of four corners",
                        "add it");
            }
            return value;
        }

        private double corner(String key) {
            return parse("object " + (objects.size() + 1), key, value(key));
        }

        private double parse(String where, String key, String text) {
            try {
                double value = Double.parseDouble(text);
                if (Double.isFinite(value)) {
                    return value;
                }
            } catch (NumberFormatException e) {
                // Reported below, with the file and the element.
            }
            throw new DataException(
                    file, where + " has '" + text + "' as <" + key + ">, expected a number", "correct it");
        }
    }
}
