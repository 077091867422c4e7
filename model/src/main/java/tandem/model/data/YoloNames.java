package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * The class names of a YOLO data set.
 *
 * @param file the file that defines them
 * @param names names by index
 */
record YoloNames(Path file, List<String> names) {

    private static final int SHOWN = 12;

    /** @throws DataException when there is none, one is empty or two are equal */
    YoloNames {
        names = List.copyOf(names);
        if (names.isEmpty()) {
            throw new DataException(file, "names no class, expected a list of class names", "add them");
        }
        for (int i = 0; i < names.size(); i++) {
            if (names.get(i).isBlank()) {
                throw new DataException(file, "has no name for class " + i, "add it");
            }
            if (names.indexOf(names.get(i)) < i) {
                throw new DataException(
                        file,
                        "gives classes " + names.indexOf(names.get(i)) + " and " + i + " the same name '" + names.get(i)
                                + "'",
                        "rename one");
            }
        }
    }

    /** The index that a label names; it may be written as 2.0. */
    int label(Path labels, String where, String word, double value) {
        if (value != Math.rint(value) || value < 0 || value >= names.size()) {
            throw new DataException(
                    labels,
                    where + " has the class " + word + ", but " + file.getFileName() + " names "
                            + (names.size() == 1 ? "one class: " : names.size() + " classes: ")
                            + IntStream.range(0, Math.min(SHOWN, names.size()))
                                    .mapToObj(i -> i + " " + names.get(i))
                                    .collect(Collectors.joining(", "))
                            + (names.size() > SHOWN ? ", ..." : ""),
                    "correct the line, or add the class to " + file.getFileName());
        }
        return (int) value;
    }
}
