package tandem.model.data;

import java.io.IOException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * All files of a data set, by their paths below its root with forward slashes and composed characters, sorted. Hidden
 * files and folders are left out. Symbolic links are followed.
 */
final class DataFolder {

    private static final int DEPTH = 8;

    private final Path root;
    private final Path file;
    private final List<String> images = new ArrayList<>();
    private final Map<String, List<String>> others = new TreeMap<>();
    private final Map<String, Path> paths = new HashMap<>();
    private final List<String> irregular = new ArrayList<>();

    private DataFolder(Path root, Path file) {
        this.root = root;
        this.file = file;
    }

    /**
     * Lists a folder, or the folder of a file.
     *
     * @throws DataException when it does not exist, is a pipe or a device, or cannot be listed
     */
    static DataFolder of(Path data) {
        if (!Files.exists(data)) {
            throw new DataException(
                    data, "does not exist, expected a folder of data", "give the folder that contains the data");
        }
        boolean folder = Files.isDirectory(data);
        if (!folder && !Files.isRegularFile(data)) {
            throw new DataException(
                    data, "is a pipe or a device, expected a folder of data or a file", "copy its content into a file");
        }
        DataFolder result =
                new DataFolder(folder ? data : data.toAbsolutePath().normalize().getParent(), folder ? null : data);
        result.list();
        return result;
    }

    private void list() {
        try {
            Files.walkFileTree(root, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
                    return !folder.equals(root) && isHidden(folder)
                            ? FileVisitResult.SKIP_SUBTREE
                            : FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFile(Path path, BasicFileAttributes attributes) {
                    if (isHidden(path)) {
                        return FileVisitResult.CONTINUE;
                    }
                    String name = path(path);
                    if (!attributes.isRegularFile()) {
                        irregular.add(name);
                    } else {
                        paths.put(name, path);
                        (ImageEndings.isRead(name)
                                        ? images
                                        : others.computeIfAbsent(ending(name), key -> new ArrayList<>()))
                                .add(name);
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path path, IOException e) {
                    if (!(e instanceof FileSystemLoopException)) {
                        irregular.add(path(path));
                    }
                    return FileVisitResult.CONTINUE;
                }
            });
        } catch (IOException e) {
            throw new DataException(
                    root, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        images.sort(null);
        irregular.sort(null);
        others.values().forEach(list -> list.sort(null));
    }

    static boolean isHidden(Path path) {
        String name = path.getFileName().toString();
        return name.startsWith(".") || name.equals("__MACOSX");
    }

    /** The folder. */
    Path root() {
        return root;
    }

    /** The file that the user gave; null when it was a folder. */
    Path file() {
        return file;
    }

    /** Image files in a format that is read. */
    List<String> images() {
        return images;
    }

    /** Files with this ending, in lower case and without the dot. */
    List<String> files(String ending) {
        return others.getOrDefault(ending, List.of());
    }

    /** Pipes, devices, links to nothing, what cannot be read, and folders too deep. */
    List<String> irregular() {
        return irregular;
    }

    /** Those that lie in a folder, such as {@code JPEGImages}, or below it. */
    static List<String> below(String folder, List<String> names) {
        return names.stream().filter(name -> name.startsWith(folder + "/")).toList();
    }

    /** Image files in a format that is not read. */
    List<String> unread() {
        return others.values().stream()
                .flatMap(List::stream)
                .filter(ImageEndings::isUnread)
                .sorted()
                .toList();
    }

    /** The number of files by ending, for messages. */
    String counts() {
        List<String> counts = new ArrayList<>();
        counts.add(images.size() + " images (" + ImageEndings.TEXT + ")");
        others.forEach((ending, files) ->
                counts.add(files.size() + (ending.isEmpty() ? " without an ending" : " ." + ending)));
        return String.join(", ", counts.subList(0, Math.min(8, counts.size())));
    }

    /** The file of a path below the root. */
    Path resolve(String name) {
        Path path = paths.get(name);
        return path == null ? root.resolve(name) : path;
    }

    /** The path below the root. */
    String path(Path file) {
        return FileNames.of(root.relativize(file));
    }

    /** The ending in lower case, without the dot. */
    static String ending(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') ? name.substring(dot + 1).toLowerCase(Locale.ROOT) : "";
    }

    /** The path without the ending. */
    static String stem(String name) {
        int dot = name.lastIndexOf('.');
        return dot > name.lastIndexOf('/') + 1 ? name.substring(0, dot) : name;
    }

    /** The last part of a path. */
    static String bare(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }
}
