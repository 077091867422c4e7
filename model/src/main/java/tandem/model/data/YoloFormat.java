package tandem.model.data;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * YOLO: images and labels, with {@code data.yaml} (Ultralytics, Roboflow) or a file of class names ({@code classes.txt}
 * of labelImg and Label Studio, {@code obj.names} of darknet and CVAT). The labels of {@code .../images/a.jpg} are
 * {@code .../labels/a.txt}, where the last {@code images} of the path counts; without one they are beside the image.
 */
record YoloFormat() implements DataFormat {

    private static final List<String> NAMES = List.of("classes.txt", "obj.names", "labels/classes.txt");

    @Override
    public String name() {
        return "yolo";
    }

    @Override
    public String title() {
        return "YOLO";
    }

    @Override
    public String lookedFor() {
        return "a data.yaml with class names, or .txt labels";
    }

    @Override
    public Optional<String> evidence(DataFolder folder) {
        if (folder.file() != null) {
            return DataFolder.ending(folder.file().toString()).matches("ya?ml")
                    ? Optional.of("is a YAML file")
                    : Optional.empty();
        }
        List<Path> configs = configs(folder);
        if (!configs.isEmpty()) {
            return Optional.of("has " + configs.get(0).getFileName() + " with class names");
        }
        return folder.files("txt").stream()
                .filter(file -> YoloLabels.isLabels(folder.resolve(file)))
                .findFirst()
                .map(file -> "has labels such as " + file);
    }

    private static List<Path> configs(DataFolder folder) {
        return Stream.concat(folder.files("yaml").stream(), folder.files("yml").stream())
                .filter(file -> !file.contains("/"))
                .map(folder::resolve)
                .filter(YoloConfig::isConfig)
                .toList();
    }

    @Override
    public DataReader open(DataFolder folder, ReadingOptions options) {
        options.requireNoSources(folder, "YOLO");
        options.requireNoOrigin(folder, "YOLO");
        options.requireNoMasks(folder, "YOLO");
        List<Path> configs = folder.file() == null ? configs(folder) : List.of(folder.file());
        if (configs.size() > 1) {
            throw new DataException(
                    configs.get(1),
                    "has class names and images, and so has " + configs.get(0).getFileName(),
                    "give the path of the file to use instead of the folder");
        }
        return configs.isEmpty()
                ? plain(folder, options.limit())
                : configured(folder, YoloConfig.read(configs.get(0)), options.limit());
    }

    private static DataReader configured(DataFolder folder, YoloConfig config, PixelLimit limit) {
        Map<String, List<Path>> lists = new LinkedHashMap<>();
        List<DataException> faults = new ArrayList<>();
        config.splits().forEach((split, paths) -> {
            Set<Path> images = new LinkedHashSet<>();
            paths.forEach(path -> images.addAll(Files.isDirectory(path) ? below(path) : listed(path, faults)));
            lists.put(split, List.copyOf(images));
        });
        return reader(folder, lists, config.names(), config.keypoints(), config.absent(), faults, limit);
    }

    private static DataReader plain(DataFolder folder, PixelLimit limit) {
        Path file = NAMES.stream()
                .map(folder::resolve)
                .filter(Files::isRegularFile)
                .findFirst()
                .orElseThrow(() -> new DataException(
                        folder.root(),
                        "has YOLO labels but no class names, neither in data.yaml nor in classes.txt",
                        "write the names to classes.txt, one a line, in the order of their indices"));
        YoloNames names = new YoloNames(file, ClassNames.read(file).orElseThrow());
        Map<String, List<Path>> lists = new TreeMap<>();
        for (String image : folder.images()) {
            if (PathParts.of(image).mask()) {
                continue; // a mask of the same objects
            }
            lists.computeIfAbsent(PathParts.of(image).split(), key -> new ArrayList<>())
                    .add(folder.resolve(image));
        }
        return reader(folder, lists, names, 0, List.of(), List.of(), limit);
    }

    /** Images of the split without name are in no list. */
    private static DataReader reader(
            DataFolder folder,
            Map<String, List<Path>> splits,
            YoloNames names,
            int keypoints,
            List<String> absent,
            List<DataException> faults,
            PixelLimit limit) {
        Set<Path> labels = new LinkedHashSet<>();
        splits.values().forEach(images -> images.forEach(image -> labels.add(labels(folder, image))));
        boolean outlined = keypoints == 0
                && labels.parallelStream().anyMatch(file -> Files.exists(file) && YoloLabels.hasPolygon(file));
        if (outlined && names.names().size() > 254) {
            throw new DataException(
                    names.file(),
                    "names " + names.names().size() + " classes, expected at most 254 with polygons",
                    "merge classes");
        }
        Map<String, FolderReader.Item> items = new TreeMap<>();
        Map<String, List<String>> lists = new TreeMap<>();
        splits.forEach((split, images) -> images.forEach(image -> {
            String id = id(folder, image, split);
            FolderReader.Item item = new FolderReader.Item(
                    image,
                    new YoloLabels(labels(folder, image), image.getFileName().toString(), names, keypoints, outlined));
            FolderReader.Item other = items.putIfAbsent(id, item);
            if (other != null && !other.image().equals(image)) {
                throw new DataException(
                        image,
                        "has the same name as " + other.image().getFileName()
                                + " except for the extension, so both have the labels "
                                + labels(image).getFileName(),
                        "rename or remove one");
            }
            if (!split.isEmpty()) {
                lists.computeIfAbsent(split, key -> new ArrayList<>()).add(id);
            }
        }));
        if (items.isEmpty()) {
            throw new DataException(folder.root(), "has no " + ImageEndings.TEXT, "add the images");
        }
        if (labels.stream().noneMatch(Files::exists)) {
            Path image = items.values().iterator().next().image();
            throw new DataException(
                    labels(image),
                    "does not exist, nor do the labels of any other image, expected the labels of " + image,
                    "put images into a folder images and labels into a folder labels beside it, or both into one folder");
        }
        List<String> notes = new ArrayList<>();
        notes.add(names.names().size() + " classes");
        if (!lists.isEmpty()) {
            notes.add(FolderReader.note(lists));
        }
        if (!absent.isEmpty()) {
            notes.add("absent and left out: " + String.join(", ", absent));
        }
        return new FolderReader(
                folder.root(),
                names.names(),
                names.names().size() <= 254 ? names.names() : List.of(),
                new FolderReader.Content(
                        items,
                        lists,
                        String.join("; ", notes),
                        faults,
                        UnusedFiles.of(folder, orphans(folder, labels, items))
                                .with(UnusedFiles.IN_NO_SPLIT, inNoSplit(folder, items)),
                        limit));
    }

    /** Images of the folder that the configuration names in no split. */
    private static List<String> inNoSplit(DataFolder folder, Map<String, FolderReader.Item> items) {
        Set<Path> used = items.values().stream()
                .map(item -> item.image().toAbsolutePath().normalize())
                .collect(Collectors.toSet());
        return folder.images().stream()
                .filter(image -> !PathParts.of(image).mask()
                        && !used.contains(folder.resolve(image).toAbsolutePath().normalize()))
                .toList();
    }

    /** Label files in the folders of the used ones that belong to no image. */
    private static List<String> orphans(DataFolder folder, Set<Path> labels, Map<String, FolderReader.Item> items) {
        Set<Path> folders = labels.stream()
                .map(file -> file.toAbsolutePath().normalize().getParent())
                .collect(Collectors.toSet());
        Set<Path> used = labels.stream()
                .map(file -> file.toAbsolutePath().normalize())
                .collect(Collectors.toCollection(HashSet::new));
        return folder.files("txt").stream()
                .filter(name -> {
                    Path file = folder.resolve(name).toAbsolutePath().normalize();
                    return folders.contains(file.getParent()) && !used.contains(file) && YoloLabels.isLabels(file);
                })
                .toList();
    }

    private static String id(DataFolder folder, Path image, String split) {
        Path root = folder.root().toAbsolutePath().normalize();
        Path absolute = image.toAbsolutePath().normalize();
        String path = absolute.startsWith(root)
                ? root.relativize(absolute).toString()
                : split + "/" + absolute.getParent().getFileName() + "/" + absolute.getFileName();
        return DataFolder.stem(FileNames.composed(path.replace('\\', '/')));
    }

    /** The label file of an image, also when the characters of only one of the two names are composed. */
    private static Path labels(DataFolder folder, Path image) {
        Path file = labels(image);
        Path root = folder.root().toAbsolutePath().normalize();
        if (Files.exists(file) || !file.startsWith(root)) {
            return file;
        }
        Path found = folder.resolve(FileNames.of(root.relativize(file)));
        Path upper = Path.of(DataFolder.stem(found.toString()) + ".TXT");
        return !Files.exists(found) && Files.exists(upper) ? upper : found;
    }

    /** The label file of an image: the last folder {@code images} becomes {@code labels}. */
    static Path labels(Path image) {
        String path = image.toAbsolutePath().normalize().toString().replace('\\', '/');
        int at = path.lastIndexOf("/images/");
        String moved = at < 0 ? path : path.substring(0, at) + "/labels/" + path.substring(at + "/images/".length());
        return Path.of(DataFolder.stem(moved) + ".txt");
    }

    private static List<Path> below(Path folder) {
        try (Stream<Path> files = Files.walk(folder, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(file -> ImageEndings.isRead(file.getFileName().toString()))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new DataException(
                    folder, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
    }

    /** The images of a list file; a path with {@code ./} is relative to the file, as in Ultralytics. */
    private static List<Path> listed(Path list, List<DataException> faults) {
        List<Path> images = new ArrayList<>();
        Path folder = list.toAbsolutePath().normalize().getParent();
        int number = 0;
        for (String raw :
                new String(ImageDecoder.bytes(list, "a list of images"), StandardCharsets.UTF_8).split("\\R", -1)) {
            number++;
            String line = raw.replace("\uFEFF", "").strip().replace('\\', '/');
            if (line.isEmpty()) {
                continue;
            }
            Path found = null;
            for (String rest = line; found == null && !rest.isEmpty(); ) {
                Path here = folder.resolve(rest).normalize();
                found = Files.isRegularFile(here) ? here : null;
                rest = rest.contains("/") ? rest.substring(rest.indexOf('/') + 1) : "";
            }
            if (found == null) {
                faults.add(new DataException(
                        list,
                        "line " + number + " names '" + line + "', but there is no such image",
                        "add the image, or remove the line"));
            } else {
                images.add(found);
            }
        }
        return images;
    }
}
