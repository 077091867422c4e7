package tandem.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * A text file of image names, one per line. A second column, as VOC's lists of one class have it, is -1 for an image
 * without the class: such lines are left out; 0 and 1 keep the image. A duplicate name counts once.
 *
 * @param file the list
 * @param lines for each name its line number, in order
 * @param absent one problem for each line whose image does not exist
 */
record ImageList(Path file, Map<String, Integer> lines, List<DataException> absent) {

    /**
     * The file of a list.
     *
     * @param root folder of the data set
     * @param list its name below {@code ImageSets} or {@code subsets}, with or without {@code .txt}, or a path
     * @throws DataException when there is none
     */
    static Path file(Path root, String list) {
        for (Path candidate : candidates(root, list)) {
            if (Files.isRegularFile(candidate)) {
                return candidate;
            }
        }
        List<String> there = names(root);
        throw new DataException(
                root.resolve("ImageSets").resolve(list + ".txt"),
                "does not exist, expected a list of image names",
                "use one of the existing lists: " + there.subList(0, Math.min(20, there.size())));
    }

    /** Whether there is such a list. */
    static boolean exists(Path root, String list) {
        return candidates(root, list).stream().anyMatch(Files::isRegularFile);
    }

    private static List<Path> candidates(Path root, String list) {
        Path sets = root.resolve("ImageSets");
        Path subsets = root.resolve("subsets");
        return List.of(
                sets.resolve(list + ".txt"),
                sets.resolve(list),
                subsets.resolve(list),
                subsets.resolve(list + ".txt"),
                Path.of(list),
                Path.of(list + ".txt"));
    }

    /** Names of the lists below {@code ImageSets}, sorted, without {@code .txt}. */
    static List<String> names(Path root) {
        Path sets = root.resolve("ImageSets");
        try (Stream<Path> files = Files.isDirectory(sets) ? Files.walk(sets) : Stream.empty()) {
            return files.filter(file -> file.toString().endsWith(".txt"))
                    .map(file -> sets.relativize(file)
                            .toString()
                            .replaceFirst("\\.txt$", "")
                            .replace('\\', '/'))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(
                    sets, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
    }

    /**
     * Reads a list.
     *
     * @param find the image's name in the data set for a name in the list; null when there is none
     * @param absent message for a name that is not found, such as {@code JPEGImages has no such .jpg}
     */
    static ImageList read(Path file, UnaryOperator<String> find, String absent) {
        String text;
        try {
            text = new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new DataException(
                    file, "cannot be read (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        Map<String, Integer> lines = new LinkedHashMap<>();
        List<DataException> missing = new ArrayList<>();
        int number = 0;
        for (String raw : text.split("\\R", -1)) {
            number++;
            String line = raw.replace("\uFEFF", "").strip();
            if (line.isEmpty()) {
                continue;
            }
            String name = find.apply(line) != null ? line : withoutUse(line);
            String id = find.apply(name);
            if (id == null) {
                missing.add(new DataException(
                        file,
                        "line " + number + " names '" + name + "', but " + absent,
                        "add the image, or remove the line"));
            } else if (name.equals(line) || !line.endsWith("-1")) {
                lines.putIfAbsent(id, number);
            }
        }
        if (lines.isEmpty() && missing.isEmpty()) {
            throw new DataException(file, "names no image, expected one name a line", "add names, or use another list");
        }
        return new ImageList(file, lines, missing);
    }

    /** A line without its second column, if that is -1, 0 or 1. */
    private static String withoutUse(String line) {
        int end = line.length() - 1;
        if (line.charAt(end) != '0' && line.charAt(end) != '1') {
            return line;
        }
        int column = end > 0 && line.charAt(end - 1) == '-' ? end - 1 : end;
        String name = line.substring(0, column).stripTrailing();
        return name.isEmpty() || name.length() == column ? line : name;
    }
}
