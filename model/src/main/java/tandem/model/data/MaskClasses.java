package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * The classes of a folder of masks, and how the pixels of each mask become class values: class indices with names from
 * {@code classes.txt}, colors with names from {@code labelmap.txt} or {@code class_dict.csv}, or black and white, where
 * white is one class or the class that a folder names.
 *
 * @param names names of the classes
 * @param byFile the conversion of a mask
 * @param note what the user should know
 */
record MaskClasses(List<String> names, Function<String, MaskValues> byFile, String note) {

    /** Files to look at when names are given; all of them otherwise, since a rare class may be in any of them. */
    private static final int SAMPLE = 400;

    static final int MAX_FOUND = 32;
    static final String FOREGROUND = "foreground";

    MaskValues values(String mask) {
        return byFile.apply(mask);
    }

    static MaskClasses of(DataFolder folder, List<String> masks, ReadingOptions options) {
        List<Path> files = masks.stream().map(folder::resolve).toList();
        Optional<LabelMap> map = LabelMap.of(folder.root());
        List<String> names = map.map(LabelMap::names)
                .or(() -> ClassNames.read(folder.resolve("classes.txt")))
                .or(() -> ClassNames.read(folder.resolve("class_names.txt")))
                .or(() -> ClassNames.read(folder.resolve("labels.txt")))
                .map(ClassNames::withoutBackground)
                .orElse(List.of());
        if (options.threshold().isPresent()) {
            return blackAndWhite(
                    folder, masks, options, names, options.threshold().get(), "gray from ");
        }
        if (map.isPresent() && !map.get().colors().isEmpty()) {
            return of(
                    new MaskValues.Labelled(map.get()),
                    "colors of " + map.get().file().getFileName());
        }
        MaskScan scan = MaskScan.of(files, names.isEmpty() ? files.size() : SAMPLE, options.limit());
        if (scan.isBlackAndWhite()) {
            return blackAndWhite(folder, masks, options, names, 128, "black and white, from ");
        }
        if (!scan.colors().isEmpty()) {
            return colors(folder, files.get(0), scan, names);
        }
        int max =
                scan.classes().isEmpty() ? 0 : scan.classes().get(scan.classes().size() - 1);
        if (scan.lossy() || max > names.size() && MaskDecoder.isSmooth(scan.values())) {
            throw new DataException(
                    files.get(0),
                    "and the other masks have " + scan.classes().size()
                            + " gray values between black and white, so they have no class indices but "
                            + (scan.lossy() ? "are JPEGs" : "smooth edges"),
                    "give --mask-threshold 128, and --mask-class NAME to name the class");
        }
        if (max == 0) {
            throw new DataException(
                    folder.root(),
                    "has masks of only background",
                    "correct the masks, or name the classes in classes.txt");
        }
        if (!names.isEmpty()) {
            return of(new MaskValues.Indices(names), "class indices with the names of a file");
        }
        if (options.foreground().isPresent() && max > 1) {
            throw new DataException(
                    folder.root(),
                    "has masks with the class indices " + scan.classes() + ", which --mask-class cannot name",
                    "write the names to classes.txt, one a line");
        }
        if (max > MAX_FOUND) {
            throw new DataException(
                    files.get(0),
                    "and the other masks have the gray values " + brief(scan.classes())
                            + ", expected class indices from 1 on",
                    "write a line NAME:R,G,B for each value to labelmap.txt, or give --mask-threshold 128 if white is the only class");
        }
        List<String> found = new ArrayList<>();
        for (int i = 1; i <= max; i++) {
            found.add(max == 1 ? options.foreground().orElse(FOREGROUND) : "class " + i);
        }
        return of(
                new MaskValues.Indices(found),
                "class indices 1 to " + max + ", which " + (max == 1 ? "--mask-class" : "classes.txt") + " can name");
    }

    private static MaskClasses of(MaskValues values, String note) {
        return new MaskClasses(values.names(), file -> values, values.names().size() + " classes in masks: " + note);
    }

    private static MaskClasses blackAndWhite(
            DataFolder folder,
            List<String> masks,
            ReadingOptions options,
            List<String> names,
            int threshold,
            String why) {
        Optional<String> given = options.foreground();
        if (given.isEmpty() && names.isEmpty()) {
            Map<String, String> byFolder = new LinkedHashMap<>();
            for (String mask : masks) {
                List<String> own = PathParts.of(mask).own();
                byFolder.put(mask, own.isEmpty() ? "" : own.get(own.size() - 1));
            }
            TreeSet<String> classes = new TreeSet<>(byFolder.values());
            if (!classes.contains("")
                    && classes.size() > 1
                    && classes.size() <= Math.min(MAX_FOUND, masks.size() / 2)) {
                List<String> found = List.copyOf(classes);
                return new MaskClasses(
                        found,
                        mask -> new MaskValues.Threshold(found, threshold, found.indexOf(byFolder.get(mask)) + 1),
                        found.size() + " classes, named by the folders of the masks: " + why + threshold);
            }
        }
        List<String> all = names.isEmpty() ? List.of(given.orElse(FOREGROUND)) : names;
        int value = all.indexOf(given.orElse(all.get(0))) + 1;
        if (value == 0 || given.isEmpty() && all.size() > 1) {
            throw new DataException(
                    folder.root(),
                    "has black-and-white masks, which have one class, but the names of " + all.size() + " classes: "
                            + all,
                    "choose one of them with --mask-class NAME");
        }
        MaskValues values = new MaskValues.Threshold(all, threshold, value);
        return new MaskClasses(
                all,
                file -> values,
                "masks are " + why + threshold + " on '" + all.get(value - 1) + "'"
                        + (given.isEmpty() && names.isEmpty() ? " (--mask-class names it)" : ""));
    }

    private static MaskClasses colors(DataFolder folder, Path example, MaskScan scan, List<String> names) {
        Map<Integer, Integer> values = new TreeMap<>();
        int count = 0;
        for (int color : scan.colors().keySet()) {
            values.put(color, color == 0 ? 0 : ++count);
        }
        if (count > MAX_FOUND) {
            throw new DataException(
                    example,
                    "and the other masks have " + (count > 300 ? "more than 300" : count)
                            + " colors, expected one for each class",
                    scan.lossy()
                            ? "save them as PNG, as JPEG changes colors"
                            : "save them without smooth edges, or write the classes to labelmap.txt (NAME:R,G,B)");
        }
        if (!names.isEmpty()) {
            throw new DataException(
                    folder.root(),
                    "has masks of " + count + " colors and class names without colors",
                    "write the names to labelmap.txt, one line NAME:R,G,B for each color, such as " + names.get(0) + ":"
                            + text(scan.colors().keySet().stream()
                                    .filter(c -> c != 0)
                                    .findFirst()
                                    .orElse(0)));
        }
        List<String> found = scan.colors().keySet().stream()
                .filter(color -> color != 0)
                .map(color -> "#%06x".formatted(color))
                .toList();
        return of(
                new MaskValues.Colors(found, Map.copyOf(values)),
                "one for each color, black is background; labelmap.txt (NAME:R,G,B) can name them");
    }

    private static String text(int color) {
        return (color >> 16) + "," + (color >> 8 & 0xFF) + "," + (color & 0xFF);
    }

    private static String brief(List<Integer> values) {
        return values.size() <= 8
                ? values.toString()
                : values.subList(0, 8).toString().replace("]", ", ...]");
    }
}
