package tandem.model.data;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
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

    /** Whether a name means the background of masks, which is no class. */
    static boolean isBackground(String name) {
        return name.toLowerCase(Locale.ROOT).matches("_*background_*");
    }

    /** The names without a background in the first place, before which labelme writes a name for ignored pixels. */
    static List<String> withoutBackground(List<String> names) {
        int first = names.size() > 2 && isIgnored(names.get(0)) ? 1 : 0;
        return names.size() > first + 1 && isBackground(names.get(first))
                ? names.subList(first + 1, names.size())
                : names;
    }

    /** Whether a name marks ignored pixels. */
    static boolean isIgnored(String name) {
        return name.toLowerCase(Locale.ROOT).matches("_*ignored?_*");
    }

    /**
     * Names that differ only in upper and lower case, blanks, hyphens or underscores, and are probably one class.
     *
     * @return one sentence for each group of such names
     */
    static List<String> similar(List<String> boxClasses, List<String> maskClasses) {
        Map<String, Set<String>> groups = new TreeMap<>();
        Stream.concat(boxClasses.stream(), maskClasses.stream())
                .forEach(name -> groups.computeIfAbsent(
                                name.toLowerCase(Locale.ROOT).replaceAll("[-_\\s]+", " "), key -> new TreeSet<>())
                        .add(name));
        return groups.values().stream()
                .filter(names -> names.size() > 1)
                .map(names -> "the classes "
                        + names.stream().map(name -> "'" + name + "'").collect(Collectors.joining(", "))
                        + " differ only in upper and lower case or separators, and are probably one class")
                .toList();
    }
}
