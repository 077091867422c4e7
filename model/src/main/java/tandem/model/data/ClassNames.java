package tandem.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Class names of a data set. */
final class ClassNames {

    private ClassNames() {}

    /** The names in a file, one per line; empty when there is no such file. */
    static Optional<List<String>> read(Path file) {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        String text = new String(ImageDecoder.bytes(file, "class names, one a line"), StandardCharsets.UTF_8);
        List<String> names = Arrays.stream(text.replace("\uFEFF", "").split("\\R"))
                .map(String::strip)
                .filter(name -> !name.isEmpty())
                .toList();
        if (names.isEmpty()) {
            throw new DataException(
                    file, "is empty, expected class names, one a line", "write them, or remove the file");
        }
        if (names.size() > 254) {
            throw new DataException(
                    file,
                    "names " + names.size() + " classes, expected at most 254, as masks have one byte a pixel",
                    "merge classes");
        }
        if (new HashSet<>(names).size() < names.size()) {
            throw new DataException(file, "names a class twice", "remove one of the two lines");
        }
        return Optional.of(names);
    }

    /** The VOC classes when every name in a folder of annotations is one of them, else the names found, sorted. */
    static List<String> find(Path annotations) {
        if (!Files.isDirectory(annotations)) {
            return VocReader.VOC_CLASSES;
        }
        List<String> names;
        try (Stream<Path> files = Files.list(annotations)) {
            names = in(files.filter(file -> file.toString().endsWith(".xml")).toList());
        } catch (IOException e) {
            throw new DataException(
                    annotations, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        return VocReader.VOC_CLASSES.containsAll(names) ? VocReader.VOC_CLASSES : names;
    }

    /** The names found in annotation files, sorted. */
    static List<String> in(List<Path> annotations) {
        return List.copyOf(annotations.parallelStream()
                .flatMap(ClassNames::namesIn)
                .collect(Collectors.toCollection(TreeSet::new)));
    }

    private static Stream<String> namesIn(Path file) {
        try {
            return VocAnnotation.parse(file, ImageDecoder.bytes(file, "a VOC annotation")).objects().stream()
                    .map(VocAnnotation.Item::name);
        } catch (DataException e) {
            return Stream.empty(); // reported when the file is used
        }
    }

    /** Whether a name means the background of masks, which is no class. */
    static boolean isBackground(String name) {
        return name.toLowerCase(Locale.ROOT).matches("_*background_*");
    }

    /** The names without a background in the first place. */
    static List<String> withoutBackground(List<String> names) {
        return names.size() > 1 && isBackground(names.get(0)) ? names.subList(1, names.size()) : names;
    }
}
