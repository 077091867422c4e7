package tandem.model.data;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.model.coco.CocoFile;
import tandem.model.coco.Outline;
import tandem.model.coco.RunLengthMask;

/**
 * The shapes of one file of labelme as objects. A rectangle is a box; a polygon, circle or mask is an outline with its
 * bounding box; points and lines have no area and are left out. Coordinates are pixel edges, as in COCO.
 *
 * @param content the file
 * @param names names of the classes; {@code __ignore__} means ignored pixels, {@code _background_} no object
 * @param outlined whether any image of the data set has an outline
 * @param limit of the masks in it
 */
record LabelmeShapes(LabelmeFile content, List<String> names, boolean outlined, PixelLimit limit)
        implements ImageAnnotation {

    @Override
    public Content read(ImageHeader header, Context context) {
        List<CocoFile.Item> items = new ArrayList<>();
        Map<String, List<LabelmeFile.Shape>> groups = new LinkedHashMap<>();
        for (LabelmeFile.Shape shape : content.shapes()) {
            boolean joined = shape.group() != null && isPolygon(shape);
            groups.computeIfAbsent(
                            joined ? shape.label() + "\n" + shape.group() : shape.where(), key -> new ArrayList<>())
                    .add(shape);
        }
        for (List<LabelmeFile.Shape> group : groups.values()) {
            CocoFile.Item item = item(group, header, context.bad());
            if (item != null) {
                items.add(item);
            }
        }
        return new ObjectFile(content.file(), content.imagePath(), content.width(), content.height(), names, items)
                .content(outlined, header, context);
    }

    private static boolean isPolygon(LabelmeFile.Shape shape) {
        return shape.type().equals("polygon") || shape.type().equals("circle");
    }

    /** Whether a shape becomes an outline. */
    static boolean isOutline(LabelmeFile.Shape shape) {
        return isPolygon(shape) || shape.type().equals("mask");
    }

    /** One object; null for what has no area. */
    private CocoFile.Item item(List<LabelmeFile.Shape> group, ImageHeader header, BadFiles bad) {
        LabelmeFile.Shape first = group.get(0);
        if (LabelmeFormat.isBackground(first.label())) {
            return null;
        }
        Outline outline = null;
        double[] corner;
        switch (first.type()) {
            case "polygon", "circle" -> {
                List<double[]> polygons = group.stream().map(this::polygon).toList();
                outline = new Outline.Polygons(polygons);
                corner = ObjectFile.bounds(polygons);
            }
            case "mask" -> {
                RunLengthMask mask = mask(first, AnnotatedSize.of(header, content.width(), content.height()));
                RunLengthMask.Bounds bounds = mask.bounds();
                outline = new Outline.Runs(mask.width(), mask.height(), mask.runs());
                corner = new double[] {
                    bounds.left(), bounds.top(), bounds.right() - bounds.left(), bounds.bottom() - bounds.top()
                };
            }
            case "rectangle", "rotation" -> {
                requirePoints(first, first.type().equals("rectangle") ? 2 : 4);
                corner = ObjectFile.bounds(List.of(first.points()));
            }
            case "point", "points", "line", "linestrip" -> {
                bad.notice(
                        content.file(),
                        "shapes are points or lines, which have no area, and were left out",
                        first.where());
                return null;
            }
            default ->
                throw new DataException(
                        content.file(),
                        first.where() + " is a '" + first.type()
                                + "', expected a polygon, rectangle, circle, mask, point or line",
                        "annotate it as a polygon");
        }
        boolean ignored = LabelmeFormat.isIgnored(first.label());
        if (!ignored && !names.contains(first.label())) {
            throw new DataException(
                    content.file(),
                    first.where() + " is of an unknown class, expected one of " + names,
                    "correct the label, or add the class to the file of class names");
        }
        return new CocoFile.Item(
                first.where(),
                -1,
                0,
                ignored ? 0 : names.indexOf(first.label()),
                corner,
                outline,
                Double.NaN,
                ignored,
                first.difficult(),
                null);
    }

    private void requirePoints(LabelmeFile.Shape shape, int least) {
        if (shape.points().length < 2 * least) {
            throw new DataException(
                    content.file(),
                    shape.where() + " is a " + shape.type() + " of " + shape.points().length / 2
                            + " points, expected at least " + least,
                    "correct it, or remove it");
        }
    }

    /** A circle is given by its center and a point on it; its polygon has as many vertices as in labelme2coco. */
    private double[] polygon(LabelmeFile.Shape shape) {
        double[] points = shape.points();
        if (shape.type().equals("polygon")) {
            requirePoints(shape, 3);
            return points;
        }
        requirePoints(shape, 2);
        double radius = Math.hypot(points[2] - points[0], points[3] - points[1]);
        if (!(radius > 0)) {
            throw new DataException(
                    content.file(), shape.where() + " is a circle of radius 0", "correct it, or remove it");
        }
        int vertices = radius <= 0.5 ? 12 : Math.max(12, (int) (Math.PI / Math.acos(1 - 1 / radius)));
        double[] polygon = new double[2 * vertices];
        for (int i = 0; i < vertices; i++) {
            double angle = 2 * Math.PI * i / vertices;
            polygon[2 * i] = points[0] + radius * Math.sin(angle);
            polygon[2 * i + 1] = points[1] + radius * Math.cos(angle);
        }
        return polygon;
    }

    /** The pixels of a PNG whose first and last pixel are at the two points. */
    private RunLengthMask mask(LabelmeFile.Shape shape, AnnotatedSize size) {
        requirePoints(shape, 2);
        int left = (int) Math.min(shape.points()[0], shape.points()[2]);
        int top = (int) Math.min(shape.points()[1], shape.points()[3]);
        BufferedImage image;
        try {
            byte[] bytes = Base64.getDecoder().decode(shape.mask() == null ? "" : shape.mask());
            image = ImageDecoder.image(content.file(), bytes, ImageHeader.read(content.file(), bytes, limit));
        } catch (DataException | IllegalArgumentException e) {
            throw new DataException(
                    content.file(),
                    shape.where() + " has no readable mask, expected a PNG in base64",
                    "annotate it again");
        }
        byte[] pixels = new byte[size.width() * size.height()];
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                boolean inside = left + x >= 0 && left + x < size.width() && top + y >= 0 && top + y < size.height();
                if (inside && image.getRaster().getSample(x, y, 0) != 0) {
                    pixels[(top + y) * size.width() + left + x] = 1;
                }
            }
        }
        return RunLengthMask.ofMask(pixels, size.width(), size.height(), 1);
    }
}
