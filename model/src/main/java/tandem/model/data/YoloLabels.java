package tandem.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import tandem.model.coco.CocoFile;
import tandem.model.coco.Outline;

/**
 * The label file of one image in YOLO's format: one object per line, the index of its class and then, as shares of the
 * image's width and height, center x, center y, width, height of its box, or x and y of each vertex of its polygon. The
 * box of a polygon is its bounding box, as in Ultralytics' {@code segments2boxes}. An absent or empty file means that
 * the image is annotated as empty.
 *
 * @param file the label file, which need not exist
 * @param image the image, for messages
 * @param names the classes
 * @param keypoints numbers of a line after the box that are key points and not read; 0 for none
 * @param outlined whether any image of the data set has polygons: an empty one then has a mask of background
 */
record YoloLabels(Path file, String image, YoloNames names, int keypoints, boolean outlined)
        implements ImageAnnotation {

    /** Ultralytics accepts coordinates up to a hundredth outside the image. */
    private static final double SLACK = 0.01;

    /** Numbers that no rounding explains, such as 132. */
    private static final double PIXELS = 2;

    @Override
    public Content read(ImageHeader header, Context context) {
        List<CocoFile.Item> items = new ArrayList<>();
        if (!Files.exists(file)) {
            context.bad()
                    .notice(
                            file.getParent(),
                            "images have no label file, and were read as images without objects",
                            image);
        } else {
            String text = new String(ImageDecoder.bytes(file, "YOLO labels"), StandardCharsets.UTF_8);
            Set<String> seen = new HashSet<>();
            int number = 0;
            for (String raw : text.split("\\R", -1)) {
                number++;
                String line = raw.replace("\uFEFF", "").strip();
                if (line.isEmpty()) {
                    continue;
                }
                if (!seen.add(line.replaceAll("\\s+", " "))) {
                    context.bad()
                            .notice(
                                    file.getParent(),
                                    "labels are duplicates and were left out",
                                    file.getFileName() + ", line " + number);
                    continue;
                }
                items.add(item(number, line.split("\\s+"), header));
            }
        }
        return new ObjectFile(file, image, 0, 0, names.names(), items).content(outlined, header, context);
    }

    private CocoFile.Item item(int number, String[] words, ImageHeader header) {
        String where = "line " + number;
        double[] values = new double[words.length];
        for (int i = 0; i < words.length; i++) {
            values[i] = number(where, words[i]);
        }
        int label = names.label(file, where, words[0], values[0]);
        boolean polygon = keypoints == 0 && values.length >= 7 && values.length % 2 == 1;
        if (values.length != 5 + keypoints && !polygon) {
            throw new DataException(
                    file,
                    where + " has " + values.length + " numbers, expected 5 (class, center x, center y, width, height)"
                            + (keypoints > 0
                                    ? " and " + keypoints + " of key points"
                                    : " or an odd number from 7 on (class, then x and y of each vertex of a polygon)"),
                    values.length == 6 ? "remove the sixth number if it is a confidence" : "correct the line");
        }
        int end = polygon ? values.length : 5;
        for (int i = 1; i < end; i++) {
            if (values[i] < -SLACK || values[i] > 1 + SLACK) {
                throw new DataException(
                        file,
                        where + " has the coordinate " + words[i]
                                + ", expected 0 to 1: shares of the image's width and height",
                        Math.abs(values[i]) > PIXELS
                                ? "the numbers look like pixels: divide x by " + header.width() + " and y by "
                                        + header.height()
                                : "correct the line");
            }
        }
        double[] corner;
        Outline outline = null;
        if (polygon) {
            double[] points = IntStream.range(1, end)
                    .mapToDouble(i -> values[i] * (i % 2 == 1 ? header.width() : header.height()))
                    .toArray();
            corner = ObjectFile.bounds(List.of(points));
            outline = new Outline.Polygons(List.of(points));
        } else {
            if (values[3] < 0 || values[4] < 0) {
                throw new DataException(
                        file,
                        where + " has a box of width " + words[3] + " and height " + words[4]
                                + ", expected more than 0",
                        "correct the line");
            }
            corner = new double[] {
                (values[1] - values[3] / 2) * header.width(),
                (values[2] - values[4] / 2) * header.height(),
                values[3] * header.width(),
                values[4] * header.height()
            };
        }
        return new CocoFile.Item(where, -1, 0, label, corner, outline, Double.NaN, false, false, null);
    }

    private double number(String where, String word) {
        try {
            double value = Double.parseDouble(word);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below, with file and line.
        }
        throw new DataException(
                file,
                where + " has '" + word + "', expected numbers: class, center x, center y, width, height",
                "correct the line");
    }

    /** Whether a file has labels: its first line that is not empty has five or more numbers. */
    static boolean isLabels(Path file) {
        String[] words = firstLine(file);
        if (words.length < 5) {
            return false;
        }
        for (String word : words) {
            if (!word.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?|nan|inf")) {
                return false;
            }
        }
        return true;
    }

    /** Whether a file has a line of seven or more numbers. */
    static boolean hasPolygon(Path file) {
        try {
            for (String line :
                    Files.readString(file, StandardCharsets.ISO_8859_1).split("\\R")) {
                int words = line.strip().split("\\s+").length;
                if (words >= 7 && words % 2 == 1) {
                    return true;
                }
            }
            return false;
        } catch (IOException e) {
            return false; // reported when the file is used
        }
    }

    private static String[] firstLine(Path file) {
        try {
            for (String line :
                    Files.readString(file, StandardCharsets.ISO_8859_1).split("\\R")) {
                if (!line.isBlank()) {
                    return line.strip().split("\\s+");
                }
            }
        } catch (IOException e) {
            return new String[0];
        }
        return new String[0];
    }
}
