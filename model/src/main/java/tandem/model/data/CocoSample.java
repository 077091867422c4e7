package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import tandem.model.coco.CocoFile;
import tandem.model.coco.Outline;
import tandem.model.coco.RunLengthMask;
import tandem.model.data.SampleReader.Need;

/**
 * Reads the annotations of one image of a COCO data set.
 *
 * @param boxClasses names of the box classes
 * @param maskClasses names of the mask classes
 * @param bad counter of irregularities; also defines whether images are decoded
 */
record CocoSample(List<String> boxClasses, List<String> maskClasses, BadFiles bad) {

    /** Maximum distance of a box outside the image that is not counted: a rounding error. */
    private static final double SLACK = 1;

    /** An object's pixels and class value. */
    private record Region(RunLengthMask pixels, byte value) {}

    /**
     * Reads it.
     *
     * @param all the images of the data set, for messages
     * @param boxFiles files whose boxes are used
     * @param maskFiles files whose outlines are used
     * @param limit of the image
     */
    SampleReader.Result read(
            CocoImages all,
            CocoImage image,
            Set<Path> boxFiles,
            Set<Path> maskFiles,
            SampleReader.Wanted wanted,
            PixelLimit limit) {
        try {
            CocoImage.View first = image.views().get(0);
            if (image.imageFile() == null) {
                throw new DataException(
                        first.file().file(),
                        "image " + first.file().idText(first.entry().id()) + " is '"
                                + first.entry().fileName() + "', but "
                                + all.absent(first.entry().fileName()),
                        "add the image, or remove it from the file");
            }
            ImageHeader header = SampleReader.header(image.imageFile(), bad.decodes(), limit);
            ImageAnnotation.Content content = content(image, header, boxFiles, maskFiles, wanted);
            return new SampleReader.Result(
                    new Sample(
                            image.id(),
                            image.imageFile(),
                            header.width(),
                            header.height(),
                            content.boxes(),
                            content.mask()),
                    null);
        } catch (DataException e) {
            return new SampleReader.Result(null, e);
        }
    }

    /** Boxes and mask of an image of that size. */
    ImageAnnotation.Content content(
            CocoImage image, ImageHeader header, Set<Path> boxFiles, Set<Path> maskFiles, SampleReader.Wanted wanted) {
        Optional<List<Box>> boxes = Optional.empty();
        if (wanted.boxes() != Need.NO) {
            CocoImage.View view = only(image, boxFiles, wanted.boxes(), CocoSample::hasBoxes, "boxes");
            if (view != null) {
                AnnotatedSize size = annotated(view, header);
                boxes = Optional.of(size.boxes(boxes(image, view, size.width(), size.height())));
            }
        }
        Optional<ClassMask> mask = Optional.empty();
        if (wanted.mask() != Need.NO) {
            CocoImage.View view = only(image, maskFiles, wanted.mask(), CocoSample::hasMask, "masks");
            if (view != null) {
                AnnotatedSize size = annotated(view, header);
                mask = Optional.of(size.mask(mask(image, view, size.width(), size.height())));
            }
        }
        return new ImageAnnotation.Content(boxes, mask);
    }

    private static AnnotatedSize annotated(CocoImage.View view, ImageHeader header) {
        return AnnotatedSize.of(header, view.entry().width(), view.entry().height());
    }

    /** Also where no object of the image has a box, but those of others of the file have: outlines have boxes. */
    private static boolean hasBoxes(CocoImage.View view) {
        return view.items().isEmpty()
                ? view.boxed() || !view.outlined()
                : view.boxed() || view.items().stream().anyMatch(item -> item.corner() != null);
    }

    private static boolean hasMask(CocoImage.View view) {
        return view.items().isEmpty()
                ? view.outlined()
                : view.items().stream().anyMatch(item -> item.outline() != null);
    }

    /** The entry that provides the boxes or the mask; null for none. */
    private static CocoImage.View only(
            CocoImage image, Set<Path> files, Need need, Predicate<CocoImage.View> annotates, String what) {
        List<CocoImage.View> brought = image.views().stream()
                .filter(view -> files.contains(view.file().file()))
                .toList();
        for (CocoImage.View view : brought) {
            for (CocoFile.Item item : view.items()) {
                if (item.fault() != null) {
                    throw new DataException(view.file().file(), where(view, item) + ": " + item.fault(), "correct it");
                }
                if (item.corner() == null && item.outline() == null) {
                    throw new DataException(
                            view.file().file(),
                            where(view, item) + " has neither a bbox nor a segmentation",
                            "annotate it, or remove it");
                }
            }
        }
        List<CocoImage.View> saying = brought.stream()
                .filter(view -> annotates.test(view) && !view.items().isEmpty())
                .toList();
        if (saying.size() > 1) {
            throw new DataException(
                    saying.get(1).file().file(),
                    "has " + what + " of '" + saying.get(1).entry().fileName() + "', and so has "
                            + saying.get(0).file().file(),
                    "name the file to use with --" + what + "-from");
        }
        if (brought.isEmpty() && need == Need.YES) {
            CocoImage.View any = image.views().get(0);
            throw new DataException(
                    any.file().file(),
                    "lists '" + any.entry().fileName() + "', but no file that provides " + what + " does",
                    "leave the image out, or give such a file with --" + what + "-from");
        }
        if (!saying.isEmpty()) {
            return saying.get(0);
        }
        return brought.stream()
                .filter(need == Need.YES ? view -> !view.items().isEmpty() : annotates)
                .findFirst()
                .orElse(need == Need.YES ? brought.get(0) : null);
    }

    private List<Box> boxes(CocoImage image, CocoImage.View view, int width, int height) {
        checkSize(view, width, height);
        List<Box> boxes = new ArrayList<>();
        Path file = view.file().file();
        Map<Long, String> names = names(view.file());
        for (CocoFile.Item item : view.items()) {
            int label = label(view, item, names, boxClasses);
            double[] corner = item.corner();
            String where = where(view, item);
            if (item.outline() != null && isEmpty(corner)) {
                corner = bounds(view, item, width, height);
                bad.notice(file, "annotations have no bbox; the bounding box of their segmentation was used", where);
            }
            Box box = box(view, where, corner, label, item.crowd() || item.ignored(), width, height);
            if (box != null) {
                boxes.add(box);
            }
        }
        return boxes;
    }

    /** Whether a bbox is absent, or has neither negative nor positive size. */
    private static boolean isEmpty(double[] corner) {
        return corner == null || corner[2] >= 0 && corner[3] >= 0 && (corner[2] == 0 || corner[3] == 0);
    }

    /** (x, y, width, height) of the box around an outline, also around one without area. */
    private double[] bounds(CocoImage.View view, CocoFile.Item item, int width, int height) {
        if (isDegenerate(item)) {
            return ObjectFile.bounds(((Outline.Polygons) item.outline()).polygons());
        }
        RunLengthMask.Bounds bounds = draw(view, item, width, height).bounds();
        return new double[] {bounds.left(), bounds.top(), bounds.right() - bounds.left(), bounds.bottom() - bounds.top()
        };
    }

    /** Whether an outline has no polygon of at least three vertices: it marks a place, but not its pixels. */
    private static boolean isDegenerate(CocoFile.Item item) {
        return item.outline() instanceof Outline.Polygons polygons
                && polygons.polygons().stream().allMatch(polygon -> polygon.length < 6);
    }

    /** A checked box, clipped to the image; null if no area is left. */
    private Box box(
            CocoImage.View view, String where, double[] corner, int label, boolean difficult, int width, int height) {
        Path file = view.file().file();
        double right = corner[0] + corner[2];
        double bottom = corner[1] + corner[3];
        String what = where + " has the bbox x " + corner[0] + ", y " + corner[1] + ", width " + corner[2] + ", height "
                + corner[3];
        if (!Double.isFinite(right) || !Double.isFinite(bottom) || corner[2] < 0 || corner[3] < 0) {
            throw new DataException(
                    file, what + ", expected finite numbers, width and height at least 0", "correct it");
        }
        if (corner[0] >= width + SLACK || corner[1] >= height + SLACK || right <= -SLACK || bottom <= -SLACK) {
            throw new DataException(
                    file,
                    what + ", which lies outside its image of " + width + " x " + height + " pixels",
                    "correct it");
        }
        if (corner[0] < -SLACK || corner[1] < -SLACK || right > width + SLACK || bottom > height + SLACK) {
            bad.notice(file, "boxes extend over the border of their image and were clipped", where);
        }
        float xMin = (float) Math.max(0, corner[0]);
        float yMin = (float) Math.max(0, corner[1]);
        float xMax = (float) Math.min(width, right);
        float yMax = (float) Math.min(height, bottom);
        if (!(xMin < xMax) || !(yMin < yMax)) {
            bad.notice(file, "boxes have no area and were left out", where);
            return null;
        }
        return new Box(label, xMin, yMin, xMax, yMax, difficult);
    }

    /** First crowds as ignored pixels, then the objects, large ones first, so that small and later ones cover them. */
    private ClassMask mask(CocoImage image, CocoImage.View view, int width, int height) {
        checkSize(view, width, height);
        Map<Long, String> names = names(view.file());
        List<Region> crowds = new ArrayList<>();
        List<Region> objects = new ArrayList<>();
        List<Box> unknown = new ArrayList<>();
        boolean outlined = view.items().stream().anyMatch(item -> item.outline() != null);
        for (CocoFile.Item item : view.items()) {
            int label = label(view, item, names, maskClasses);
            if (item.outline() != null && isDegenerate(item)) {
                double[] corner = isEmpty(item.corner()) ? bounds(view, item, width, height) : item.corner();
                unknown.add(box(view, where(view, item), corner, label, true, width, height));
                bad.notice(
                        view.file().file(),
                        "outlines have fewer than three vertices; the pixels in their boxes are ignored",
                        where(view, item));
            } else if (item.outline() != null) {
                RunLengthMask pixels = draw(view, item, width, height);
                (item.crowd() ? crowds : objects)
                        .add(new Region(pixels, (byte) (item.crowd() ? ClassMask.IGNORE : label + 1)));
            } else if (!outlined) {
                throw new DataException(
                        view.file().file(),
                        item.name() + " of '" + view.entry().fileName()
                                + "' has no segmentation, nor has any other of this image",
                        "use the boxes of this image alone");
            } else if (item.corner() != null) {
                unknown.add(box(view, where(view, item), item.corner(), label, true, width, height));
                bad.notice(
                        view.file().file(),
                        "objects of outlined images have no segmentation; pixels in their boxes are ignored",
                        where(view, item));
            }
        }
        byte[] mask = new byte[width * height];
        unknown.stream()
                .filter(Objects::nonNull)
                .forEach(box -> crowds.add(new Region(rectangle(box, width, height), (byte) ClassMask.IGNORE)));
        crowds.forEach(region -> region.pixels.paint(mask, region.value));
        objects.stream()
                .sorted(Comparator.comparingLong((Region region) -> region.pixels.area())
                        .reversed())
                .forEach(region -> region.pixels.paint(mask, region.value));
        return new RasterizedMask(view.file().file(), maskClasses.size(), mask, width, height);
    }

    private static RunLengthMask rectangle(Box box, int width, int height) {
        return RunLengthMask.ofPolygons(width, height, new double[] {
            box.xMin(), box.yMin(), box.xMax(), box.yMin(), box.xMax(), box.yMax(), box.xMin(), box.yMax()
        });
    }

    private RunLengthMask draw(CocoImage.View view, CocoFile.Item item, int width, int height) {
        String where = where(view, item);
        try {
            if (item.outline() instanceof Outline.Polygons polygons) {
                List<double[]> whole = polygons.polygons().stream()
                        .filter(polygon -> polygon.length >= 6)
                        .toList();
                if (whole.size() < polygons.polygons().size()) {
                    bad.notice(
                            view.file().file(),
                            "annotations have a polygon of fewer than three vertices, which was left out",
                            where);
                }
                return new Outline.Polygons(whole).draw(width, height);
            }
            return item.outline().draw(width, height);
        } catch (IllegalArgumentException e) {
            throw new DataException(view.file().file(), where + " has a " + e.getMessage(), "correct its segmentation");
        }
    }

    private int label(CocoImage.View view, CocoFile.Item item, Map<Long, String> names, List<String> classes) {
        String where = where(view, item);
        String name = names.get(item.category());
        if (name == null) {
            throw new DataException(
                    view.file().file(),
                    where + " has the category_id " + item.category() + ", which is not among the categories",
                    "correct it, or add the category");
        }
        int label = classes.indexOf(name);
        if (label < 0) {
            throw new DataException(
                    view.file().file(),
                    where + " is of an unknown class '" + name + "', expected one of " + classes,
                    "correct the name, or add the class");
        }
        return label;
    }

    private static String where(CocoImage.View view, CocoFile.Item item) {
        return item.name() + " of '" + view.entry().fileName() + "'";
    }

    private static Map<Long, String> names(CocoFile file) {
        Map<Long, String> names = new HashMap<>();
        file.categories().forEach(category -> names.putIfAbsent(category.id(), category.name()));
        return names;
    }

    private static void checkSize(CocoImage.View view, int width, int height) {
        int w = view.entry().width();
        int h = view.entry().height();
        if (w > 0 && h > 0 && (w != width || h != height)) {
            throw new DataException(
                    view.file().file(),
                    "was made for '" + view.entry().fileName() + "' of " + w + " x " + h + " pixels, but the image has "
                            + width + " x " + height,
                    w == height && h == width
                            ? "turn the image as it was annotated (it may have lost its EXIF orientation)"
                            : "annotate the image again, or restore the annotated one");
        }
    }
}
