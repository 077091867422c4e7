package tandem.model.data;

import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
 * @param source who made it
 * @param objects its objects, in order
 */
record VocAnnotation(Path file, int width, int height, String fileName, int depth, Source source, List<Item> objects) {

    private static final String LIMITS = "http://www.oracle.com/xml/jaxp/properties/";

    /**
     * An object.
     *
     * @param name its class
     * @param xMin left corner, as written
     * @param yMin upper corner
     * @param xMax right corner
     * @param yMax lower corner
     * @param fractions whether a corner is written with a decimal point
     * @param difficult marked as hard to recognize
     */
    record Item(
            String name, double xMin, double yMin, double xMax, double yMax, boolean fractions, boolean difficult) {}

    /** What the elements of {@code source} show about the program that wrote the file. */
    enum Source {
        /** PASCAL's own data: corners count from 1, also the few with fractions. */
        PASCAL,
        /** Datumaro, which CVAT uses: corners are pixel edges. */
        DATUMARO,
        /** Any other. */
        OTHER
    }

    /** Maximum distance of a coordinate outside the image: tools that count from 0 write such boxes at the border. */
    private static final double SLACK = 1;
    /** The encoding in an XML declaration (XML 1.0, production 80). */
    private static final Pattern ENCODING =
            Pattern.compile("^[^<]*<\\?xml[^>]*encoding\\s*=\\s*[\"']([A-Za-z][A-Za-z0-9._-]*)[\"']");

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
        // JDK 24 lowered both, so that files that older ones read were refused.
        factory.setProperty(LIMITS + "maxElementDepth", "10000");
        factory.setProperty(LIMITS + "elementAttributeLimit", "10000");
        String text = text(file, bytes);
        try {
            XMLStreamReader reader = factory.createXMLStreamReader(new StringReader(text));
            try {
                return new Parser(file).run(reader);
            } finally {
                reader.close();
            }
        } catch (XMLStreamException e) {
            int line = e.getLocation() == null ? 0 : e.getLocation().getLineNumber();
            String message = String.valueOf(e.getMessage());
            String mark = "Message:";
            int start = message.lastIndexOf(mark);
            String detail =
                    message.substring(start < 0 ? 0 : start + mark.length()).strip();
            throw new DataException(
                    file,
                    "is not well-formed XML" + (line > 0 ? " (line " + line + ": " + detail + ")" : " (" + detail + ")")
                            + ", expected a VOC annotation",
                    "write the file again");
        }
    }

    /**
     * The characters of the file. The JDK's parser would decode them as well, but prints to the standard error output
     * about bytes that do not fit.
     */
    private static String text(Path file, byte[] bytes) {
        Charset encoding = encoding(file, bytes);
        try {
            String text = encoding.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            throw new DataException(
                    file,
                    "has bytes that are not " + encoding + ", expected a VOC annotation",
                    "save it as UTF-8, or state its encoding in the first line");
        }
    }

    /** That of the byte order mark, or the one that the first line names; else UTF-8. */
    private static Charset encoding(Path file, byte[] bytes) {
        String head = new String(bytes, 0, Math.min(bytes.length, 128), StandardCharsets.ISO_8859_1);
        if (head.startsWith("\u00FE\u00FF") || head.startsWith("\u00FF\u00FE")) {
            return StandardCharsets.UTF_16;
        }
        Matcher named = ENCODING.matcher(head);
        if (!named.find()) {
            return StandardCharsets.UTF_8;
        }
        try {
            return Charset.forName(named.group(1));
        } catch (IllegalArgumentException e) {
            throw new DataException(
                    file,
                    "has the unknown encoding '" + named.group(1) + "', expected a VOC annotation",
                    "save it as UTF-8");
        }
    }

    /** The boxes in the upright image. */
    List<Box> boxes(List<String> classes, ImageHeader image, Optional<Integer> origin, BadFiles bad) {
        AnnotatedSize size = AnnotatedSize.of(image, width, height);
        return size.boxes(boxes(classes, size.width(), size.height(), origin, bad));
    }

    /**
     * Whether the corners of an object are pixel edges, from 0, instead of pixels counted from 1: those with fractions,
     * and those of programs that write edges.
     */
    private boolean isEdges(Item item, Optional<Integer> origin) {
        return origin.map(value -> value == 0)
                .orElse(source == Source.DATUMARO || source != Source.PASCAL && item.fractions);
    }

    /**
     * The boxes as pixel edges. Corners that count pixels from 1, both inclusive, are converted: [xmin, xmax] covers
     * [xmin - 1, xmax].
     *
     * @param classes names in the order of their indices
     * @param imageWidth columns of the image itself
     * @param imageHeight rows of the image itself
     * @param origin 0 when all corners are pixel edges, 1 when all count from 1; empty to decide by the file
     * @param bad counter of the boxes that were taken as pixel edges without an origin
     * @throws DataException when a class is unknown, a box is inverted or outside, or the file belongs to an image of
     *     another size
     */
    List<Box> boxes(List<String> classes, int imageWidth, int imageHeight, Optional<Integer> origin, BadFiles bad) {
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
            boolean edges = isEdges(item, origin);
            double left = edges ? item.xMin : item.xMin - 1;
            double top = edges ? item.yMin : item.yMin - 1;
            if (left < -SLACK
                    || top < -SLACK
                    || item.xMax > imageWidth + SLACK
                    || item.yMax > imageHeight + SLACK
                    || left > imageWidth - 1
                    || top > imageHeight - 1
                    || item.xMax < (edges ? 0 : 1)
                    || item.yMax < (edges ? 0 : 1)) {
                throw new DataException(
                        file,
                        what + corners + ", which lies outside its image of " + imageWidth + " x " + imageHeight
                                + " pixels (" + (edges ? "corners are pixel edges here" : "VOC counts from 1") + ")",
                        "correct the box");
            }
            float xMin = (float) Math.max(0, left);
            float yMin = (float) Math.max(0, top);
            float xMax = (float) Math.min(imageWidth, item.xMax);
            float yMax = (float) Math.min(imageHeight, item.yMax);
            if (!(xMin < xMax) || !(yMin < yMax)) {
                throw new DataException(
                        file,
                        what + corners + ", which has no area, as its corners are pixel edges",
                        "correct the box, or give --voc-origin 1 if corners count pixels from 1");
            }
            if (edges && origin.isEmpty()) {
                bad.notice(
                        file.getParent(),
                        "boxes have corners with fractions or of Datumaro, which were taken as pixel edges;"
                                + " --voc-origin 1 counts them from 1",
                        file.getFileName() + ", object " + (boxes.size() + 1));
            }
            boxes.add(new Box(label, xMin, yMin, xMax, yMax, item.difficult));
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
        /** Elements of an annotation that are read lie no deeper. */
        private static final int MAX_DEPTH = 4;

        private static final List<String> CORNERS = List.of("xmin", "ymin", "xmax", "ymax");
        private final Path file;
        private final Deque<String> open = new ArrayDeque<>();
        private final Map<String, String> values = new HashMap<>();
        private final List<Item> objects = new ArrayList<>();
        private int width;
        private int height;
        private String fileName = "";
        private int depth;
        private Source source = Source.OTHER;

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
                        if (open.size() <= MAX_DEPTH) {
                            close(String.join("/", open), text.toString().strip());
                        }
                        open.removeLast();
                        text.setLength(0);
                    }
                    default -> {}
                }
            }
            return new VocAnnotation(file, width, height, fileName, depth, source, List.copyOf(objects));
        }

        private void close(String path, String text) {
            switch (path) {
                case "annotation/filename" -> fileName = text;
                case "annotation/size/depth" -> depth = text.matches("\\d{1,3}") ? Integer.parseInt(text) : 0;
                case "annotation/size/width" -> width = (int) parse("<size>", "width", text);
                case "annotation/size/height" -> height = (int) parse("<size>", "height", text);
                case "annotation/source/annotation" ->
                    source = text.startsWith("PASCAL VOC")
                            ? Source.PASCAL
                            : text.equals("Unknown") ? Source.DATUMARO : Source.OTHER;
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
                            CORNERS.stream().anyMatch(key -> values.get(key).indexOf('.') >= 0),
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
