package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The classes of a folder in VOC layout, and how its masks are read. Names come from {@code classes.txt},
 * {@code labelmap.txt} (CVAT, with colors), {@code class_names.txt} or {@code labels.txt} (labelme); without any of
 * them from the annotations: PASCAL's twenty when every name is one of these, else the names found, sorted.
 * {@code box-classes.txt} and {@code mask-classes.txt} give the two lists when they differ.
 *
 * @param boxes names of the box classes
 * @param masks names of the mask classes
 * @param values how masks are read; null when nothing defines which value is which class
 */
record VocClasses(List<String> boxes, List<String> masks, MaskValues values) {

    private static final List<String> LISTS = List.of("classes.txt", "class_names.txt", "labels.txt");

    /**
     * Decides them.
     *
     * @param inAnnotations the class names in the annotation files, sorted; called only when no file lists the classes
     * @throws DataException when a list is invalid, or the options do not fit the classes
     */
    static VocClasses of(Path root, Supplier<List<String>> inAnnotations, ReadingOptions options) {
        Optional<LabelMap> map = LabelMap.of(root);
        Optional<List<String>> shared = list(root, LISTS.get(0))
                .or(() -> map.map(LabelMap::names))
                .or(() -> list(root, LISTS.get(1)))
                .or(() -> list(root, LISTS.get(2)));
        Optional<List<String>> ofMasks = list(root, "mask-classes.txt").or(() -> shared);
        List<String> found = shared.isPresent() ? List.of() : inAnnotations.get();
        boolean pascal = !found.isEmpty() && VocReader.VOC_CLASSES.containsAll(found);
        List<String> names = shared.orElse(pascal ? VocReader.VOC_CLASSES : found);
        List<String> boxes = list(root, "box-classes.txt").orElse(names);
        List<String> masks = ofMasks.orElse(names);
        boolean named = ofMasks.isPresent() || pascal || found.size() == 1;
        if (options.threshold().isPresent()) {
            return threshold(root, boxes, masks, named, options);
        }
        if (options.foreground().isPresent()) {
            throw new DataException(
                    root,
                    "has masks of class indices, so --mask-class has no effect",
                    "give --mask-threshold too, or leave it out");
        }
        boolean colors = map.isPresent()
                && !map.get().colors().isEmpty()
                && new HashSet<>(map.get().names()).equals(new HashSet<>(masks));
        MaskValues values = colors ? new MaskValues.Labelled(map.get()) : named ? new MaskValues.Indices(masks) : null;
        return new VocClasses(boxes, masks, values);
    }

    private static VocClasses threshold(
            Path root, List<String> boxes, List<String> masks, boolean named, ReadingOptions options) {
        List<String> classes = new ArrayList<>(masks);
        String name = options.foreground()
                .orElse(masks.size() == 1 ? masks.get(0) : masks.isEmpty() ? MaskClasses.FOREGROUND : "");
        if (!named && !name.isEmpty() && !classes.contains(name)) {
            classes.add(name);
        }
        if (!classes.contains(name)) {
            throw new DataException(
                    root,
                    "has the classes " + masks + ", of which masks with a threshold have one",
                    "name it with --mask-class");
        }
        return new VocClasses(
                boxes,
                List.copyOf(classes),
                new MaskValues.Threshold(
                        List.copyOf(classes), options.threshold().get(), classes.indexOf(name) + 1));
    }

    private static Optional<List<String>> list(Path root, String file) {
        return ClassNames.read(root.resolve(file)).map(ClassNames::withoutBackground);
    }

    /** The error for masks of which nothing defines the classes. */
    static DataException unnamed(Path mask, List<String> boxes) {
        return new DataException(
                mask,
                "and other masks have class indices, but no file defines which class has which index"
                        + (boxes.isEmpty()
                                ? ""
                                : ", and the order of the names in the annotations " + boxes + " is unknown"),
                "write the names to classes.txt (or CVAT's labelmap.txt, labelme's class_names.txt), one a line in the"
                        + " order of the indices from 1; or use the boxes alone with --boxes LIST");
    }
}
