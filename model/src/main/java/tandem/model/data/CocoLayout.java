package tandem.model.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import tandem.model.coco.CocoFile;

/**
 * The instances files and the images of a folder in COCO layout. The layouts of COCO itself
 * ({@code annotations/instances_NAME.json}, {@code NAME/}), of CVAT ({@code annotations/}, {@code images/}), of Label
 * Studio ({@code result.json}, {@code images/}) and of Roboflow ({@code NAME/_annotations.coco.json} among the images)
 * are supported.
 */
final class CocoLayout {

    private final DataFolder folder;
    private final Path root;
    private final List<Path> files;
    /** Every image by its path below the root, with composed characters. */
    private final Map<String, Path> images = new LinkedHashMap<>();
    /** Paths by the path with the ending in lower case; and by the file name, as it is and with such an ending. */
    private final Map<String, List<String>> byPath = new HashMap<>();

    private final Map<String, List<String>> byName = new HashMap<>();

    private CocoLayout(DataFolder folder, List<Path> files) {
        this.folder = folder;
        this.root = folder.root();
        this.files = files;
        for (String path : folder.images()) {
            images.put(path, folder.resolve(path));
            String folded = FileNames.folded(path);
            byPath.computeIfAbsent(folded, key -> new ArrayList<>()).add(path);
            for (String name : new LinkedHashSet<>(List.of(DataFolder.bare(path), DataFolder.bare(folded)))) {
                byName.computeIfAbsent(name, key -> new ArrayList<>()).add(path);
            }
        }
    }

    /** Searches a folder, or takes one instances file and its folder. */
    static CocoLayout find(DataFolder data) {
        Path file = data.file();
        if (file != null) {
            if (!DataFolder.ending(file.toString()).equals("json")) {
                throw new DataException(
                        file,
                        "is neither a folder nor an instances file in COCO's format (.json)",
                        "name a folder in VOC or COCO layout");
            }
            boolean inside = data.root().endsWith("annotations") && data.root().getParent() != null;
            return new CocoLayout(inside ? DataFolder.of(data.root().getParent()) : data, List.of(file));
        }
        List<Path> chosen = instances(data.root());
        if (chosen.isEmpty()) {
            throw new DataException(
                    data.root(),
                    "has no COCO instances file, such as annotations/instances_train.json or result.json",
                    "give the folder that contains the data");
        }
        return new CocoLayout(data, chosen);
    }

    /** The instances files of a folder, in {@code annotations}, in the folder itself or in those below; maybe none. */
    static List<Path> instances(Path data) {
        List<Path> found = new ArrayList<>(json(data.resolve("annotations")));
        if (found.isEmpty()) {
            found.addAll(json(data));
        }
        if (found.isEmpty()) {
            try (Stream<Path> below = Files.list(data)) {
                below.filter(Files::isDirectory).sorted().forEach(folder -> found.addAll(json(folder)));
            } catch (IOException e) {
                throw new DataException(
                        data, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
            }
        }
        List<Path> instances = found.stream()
                .filter(file -> file.getFileName().toString().startsWith("instances"))
                .toList();
        return instances.isEmpty()
                ? found.stream().filter(CocoLayout::isInstances).toList()
                : instances;
    }

    private static List<Path> json(Path folder) {
        try (Stream<Path> list = Files.isDirectory(folder) ? Files.list(folder) : Stream.empty()) {
            return list.filter(file -> file.toString().endsWith(".json") && Files.isRegularFile(file))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(
                    folder, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
    }

    /** The folder may contain other JSON files, such as results or settings. */
    private static boolean isInstances(Path file) {
        try {
            if (!CocoFile.hasInstances(file)) {
                return false;
            }
            CocoFile.head(file);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** The folder of the images. */
    Path root() {
        return root;
    }

    /** Paths of all images below the root. */
    Set<String> images() {
        return images.keySet();
    }

    /** Paths of images in a format that is not read, sorted. */
    List<String> unread() {
        return folder.unread();
    }

    /** Paths of pipes and devices. */
    List<String> irregular() {
        return folder.irregular();
    }

    /** The instances files, sorted by name. */
    List<Path> files() {
        return files;
    }

    /** The instances file of that name or path; null when there is none. */
    Path file(String name) {
        Path annotations = root.resolve("annotations");
        for (Path candidate : List.of(
                annotations.resolve(name),
                annotations.resolve(name + ".json"),
                annotations.resolve("instances_" + name + ".json"),
                root.resolve(name),
                root.resolve(name + ".json"),
                root.resolve(name).resolve("_annotations.coco.json"),
                Path.of(name),
                Path.of(name + ".json"))) {
            if (candidate.toString().endsWith(".json") && Files.isRegularFile(candidate)) {
                for (Path known : files) {
                    if (known.toAbsolutePath()
                            .normalize()
                            .equals(candidate.toAbsolutePath().normalize())) {
                        return known;
                    }
                }
                return candidate;
            }
        }
        return null;
    }

    /** The name of a file as a list: its file name without {@code .json} and {@code instances_}. */
    static String name(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.json$", "").replaceFirst("^instances_", "");
        Path folder = file.getParent();
        return name.equals("_annotations.coco") && folder != null && folder.getFileName() != null
                ? folder.getFileName().toString()
                : name;
    }

    /**
     * The path below the root of an image in an instances file. Wrong folders, such as those of a labelling server, are
     * ignored when the file name is unique; names may be those of a URL ({@code %20}), decomposed, or have an ending in
     * another case.
     *
     * @return null when there is none, or several
     */
    String find(String fileName, Path file) {
        String written = FileNames.composed(slashes(fileName));
        Set<String> names = new LinkedHashSet<>(List.of(written, FileNames.decoded(written)));
        String annotations = slashes(root.toAbsolutePath()
                .normalize()
                .relativize(file.toAbsolutePath().normalize().getParent())
                .toString());
        String split = name(file);
        Set<String> folders = new LinkedHashSet<>(List.of(
                "", "images/", split + "/", "images/" + split + "/", annotations + "/", annotations + "/images/"));
        for (String name : names) {
            for (String folder : folders) {
                if (images.containsKey(folder + name)) {
                    return folder + name;
                }
                List<String> same = byPath.getOrDefault(folder + FileNames.folded(name), List.of());
                if (same.size() == 1) {
                    return same.get(0);
                }
            }
        }
        for (String name : names) {
            List<String> same = named(name);
            if (same.size() == 1) {
                return same.get(0);
            }
        }
        return null;
    }

    /** Paths of the images with the file name of a path. */
    List<String> named(String fileName) {
        String bare = DataFolder.bare(FileNames.composed(slashes(fileName)));
        List<String> same = byName.getOrDefault(bare, List.of());
        return same.isEmpty() ? byName.getOrDefault(FileNames.folded(bare), List.of()) : same;
    }

    /** The file of an image. */
    Path path(String image) {
        return images.get(image);
    }

    /** Forward slashes, none at the start, no {@code ./}. */
    static String slashes(String path) {
        String forward = path.replace('\\', '/');
        int start = 0;
        while (forward.startsWith("/", start) || forward.startsWith("./", start)) {
            start += forward.charAt(start) == '/' ? 1 : 2;
        }
        return forward.substring(start);
    }
}
