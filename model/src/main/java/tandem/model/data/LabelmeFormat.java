package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * labelme: one JSON file per image, beside it or in a folder of their own. An image without a file is not annotated, a
 * file without shapes means that the image is annotated as empty.
 */
record LabelmeFormat() implements DataFormat {

    private static final List<String> NAMES = List.of("classes.txt", "labels.txt", "class_names.txt");

    private static final Set<String> IGNORED = Set.of("__ignore__", "_ignore_", "ignore");

    @Override
    public String name() {
        return "labelme";
    }

    @Override
    public String title() {
        return "labelme";
    }

    @Override
    public String lookedFor() {
        return ".json files with shapes";
    }

    @Override
    public Optional<String> evidence(DataFolder folder) {
        if (folder.file() != null) {
            return Optional.empty();
        }
        return folder.files("json").stream()
                .filter(file -> LabelmeFile.isLabelme(folder.resolve(file)))
                .findFirst()
                .map(file -> "has files with shapes such as " + file);
    }

    /** The content of a file, or its error. */
    private record Parsed(String path, LabelmeFile file, DataException fault) {

        static Parsed of(DataFolder folder, String path) {
            try {
                return new Parsed(path, LabelmeFile.read(folder.resolve(path)), null);
            } catch (DataException e) {
                return new Parsed(path, null, e);
            }
        }
    }

    @Override
    public DataReader open(DataFolder folder, ReadingOptions options) {
        options.requireNoSources(folder, "labelme");
        options.requireNoOrigin(folder, "labelme");
        options.requireNoMasks(folder, "labelme");
        Set<String> stems = folder.images().stream().map(DataFolder::stem).collect(Collectors.toSet());
        List<Parsed> files = folder.files("json").parallelStream()
                .filter(path -> stems.contains(DataFolder.stem(path)) || LabelmeFile.isLabelme(folder.resolve(path)))
                .map(path -> Parsed.of(folder, path))
                .toList();
        if (files.isEmpty()) {
            throw new DataException(
                    folder.root(),
                    "has no .json with shapes, as labelme writes them",
                    "give the folder that contains them");
        }
        List<String> names = names(folder, files);
        boolean outlined = files.stream()
                .filter(parsed -> parsed.file != null)
                .anyMatch(parsed -> parsed.file.shapes().stream().anyMatch(LabelmeShapes::isOutline));
        Map<String, ImageAnnotation> annotations = new HashMap<>();
        Map<String, String> owners = new HashMap<>();
        List<DataException> faults = new ArrayList<>();
        Map<String, List<String>> byName = new HashMap<>();
        for (String image : folder.images()) {
            byName.computeIfAbsent(DataFolder.bare(image), key -> new ArrayList<>())
                    .add(image);
            byName.computeIfAbsent(DataFolder.bare(DataFolder.stem(image)), key -> new ArrayList<>())
                    .add(image);
        }
        for (Parsed parsed : files) {
            String image = parsed.fault != null ? null : image(folder, parsed, byName);
            if (parsed.fault != null) {
                faults.add(parsed.fault);
            } else if (image == null) {
                faults.add(new DataException(
                        parsed.file.file(),
                        "annotates '" + parsed.file.imagePath()
                                + "', but there is no image with that path, nor exactly one with that name",
                        parsed.file.embedded()
                                ? "add the image file; the pixels in the file are not read"
                                : "add the image, or remove the file"));
            } else {
                String other = owners.put(image, parsed.path);
                if (other != null) {
                    faults.add(new DataException(
                            parsed.file.file(), "annotates " + image + ", and so does " + other, "remove one of them"));
                }
                annotations.put(image, new LabelmeShapes(parsed.file, names, outlined, options.limit()));
            }
        }
        Map<String, FolderReader.Item> items = FolderReader.items(folder, folder.images(), annotations);
        Map<String, List<String>> lists = FolderReader.splits(items);
        String note = names.size() + " classes" + (lists.isEmpty() ? "" : "; " + FolderReader.note(lists));
        return new FolderReader(
                folder.root(),
                names,
                names,
                new FolderReader.Content(
                        items, lists, note, faults, UnusedFiles.of(folder, List.of()), options.limit()));
    }

    private static List<String> names(DataFolder folder, List<Parsed> files) {
        for (String name : NAMES) {
            Optional<List<String>> names = ClassNames.read(folder.resolve(name));
            if (names.isPresent()) {
                return names.get().stream().filter(label -> !isNoClass(label)).toList();
            }
        }
        Set<String> names = new TreeSet<>();
        for (Parsed parsed : files) {
            if (parsed.file != null) {
                parsed.file.shapes().stream()
                        .map(LabelmeFile.Shape::label)
                        .filter(label -> !isNoClass(label))
                        .forEach(names::add);
            }
        }
        if (names.isEmpty()) {
            files.stream().filter(parsed -> parsed.fault != null).findFirst().ifPresent(parsed -> {
                throw parsed.fault;
            });
            throw new DataException(
                    folder.root(),
                    "has files of labelme without a single shape",
                    "write the class names to classes.txt");
        }
        if (names.size() > 254) {
            throw new DataException(
                    folder.root(),
                    "has " + names.size() + " labels, expected at most 254, as masks have one byte a pixel",
                    "write the selected classes to classes.txt");
        }
        return List.copyOf(names);
    }

    /** Whether a label marks ignored pixels. */
    static boolean isIgnored(String label) {
        return IGNORED.contains(label.toLowerCase(Locale.ROOT));
    }

    /** Whether a label marks background. */
    static boolean isBackground(String label) {
        return ClassNames.isBackground(label);
    }

    private static boolean isNoClass(String label) {
        return isIgnored(label) || isBackground(label);
    }

    /** The image: as written, relative to the file; or the one of that name, or of the file's name. */
    private static String image(DataFolder folder, Parsed parsed, Map<String, List<String>> byName) {
        String written = parsed.file.imagePath().replace('\\', '/');
        if (!written.isEmpty()) {
            try {
                Path path = parsed.file.file().resolveSibling(written).normalize();
                String name = folder.path(path);
                if (byName.getOrDefault(DataFolder.bare(name), List.of()).contains(name)) {
                    return name;
                }
            } catch (IllegalArgumentException e) {
                // The path is that of another file system; its name is used below.
            }
        }
        String stem = DataFolder.stem(parsed.path);
        List<String> beside = byName.getOrDefault(DataFolder.bare(stem), List.of()).stream()
                .filter(image -> DataFolder.stem(image).equals(stem))
                .toList();
        if (beside.size() == 1) {
            return beside.get(0);
        }
        List<String> same = byName.getOrDefault(DataFolder.bare(written), List.of());
        return same.size() == 1 ? same.get(0) : null;
    }
}
