package tandem.model.data;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import tandem.model.coco.CocoFile;

/** The images of all instances files, each once, also when several files list it. Files are read on demand. */
final class CocoImages {

    private final CocoLayout layout;
    private final Map<String, CocoImage> images = new LinkedHashMap<>();
    private final Map<Path, Set<String>> idsOf = new LinkedHashMap<>();
    /** Image by any name that a list may use; null for an ambiguous name. */
    private final Map<String, String> names = new HashMap<>();

    private final Optional<ReadingOptions.Crowds> crowds;
    /** What each file has to report, to be repeated for every reading that uses it. */
    private final Map<Path, List<Consumer<BadFiles>>> reports = new HashMap<>();

    CocoImages(CocoLayout layout, Optional<ReadingOptions.Crowds> crowds) {
        this.layout = layout;
        this.crowds = crowds;
    }

    static DataException unreadable(Path file, IOException e) {
        if (e instanceof NoSuchFileException) {
            return new DataException(
                    file, "does not exist, expected an instances file in COCO's format", "name one that does");
        }
        String text = String.valueOf(e.getMessage());
        return new DataException(
                file,
                "is no instances file in COCO's format ("
                        + (text.startsWith(file + ", ") ? text.substring((file + ", ").length()) : text) + ")",
                "export it again");
    }

    /**
     * Reads a file, unless it was read before, and reports its irregularities.
     *
     * @throws DataException when it is no instances file, or ambiguous
     */
    synchronized void add(Path file, BadFiles bad) {
        if (!idsOf.containsKey(file)) {
            reports.put(file, new ArrayList<>());
            add(file, reports.get(file));
        }
        if (bad.first(file)) {
            reports.get(file).forEach(report -> report.accept(bad));
        }
    }

    private void add(Path file, List<Consumer<BadFiles>> reports) {
        CocoFile content;
        try {
            content = CocoCrowds.apply(CocoFile.read(file), crowds, reports::add);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
        Map<Long, List<CocoFile.Item>> items = new HashMap<>();
        Map<Long, CocoFile.Image> listedImages = new LinkedHashMap<>();
        for (CocoFile.Image listed : content.images()) {
            CocoFile.Image other = listedImages.putIfAbsent(listed.id(), listed);
            if (other == null) {
                items.put(listed.id(), new ArrayList<>());
            } else if (other.fileName().equals(listed.fileName())) {
                reports.add(bad -> bad.notice(file, "images are listed twice", "image " + content.idText(listed.id())));
            } else {
                throw new DataException(
                        file,
                        "gives the id " + content.idText(listed.id()) + " to '" + other.fileName() + "' and to '"
                                + listed.fileName() + "', so its annotations are ambiguous",
                        "export it again, with an id for each image");
            }
        }
        group(content, items, reports);
        boolean boxed = content.items().stream().anyMatch(item -> item.corner() != null);
        boolean outlined = content.items().stream().anyMatch(item -> item.outline() != null);
        Set<String> ids = new LinkedHashSet<>();
        for (CocoFile.Image listed : listedImages.values()) {
            String path = layout.find(listed.fileName(), file);
            String id = id(path == null ? CocoLayout.slashes(listed.fileName()) : path);
            Path found = path == null ? null : layout.path(path);
            CocoImage image = images.computeIfAbsent(id, key -> new CocoImage(id, found));
            if (found != null && !found.equals(image.imageFile())) {
                throw new DataException(
                        found,
                        "has the same name as " + image.imageFile()
                                + " except for the extension, so names in lists are ambiguous",
                        "rename or remove one");
            }
            if (!ids.add(id)) {
                reports.add(bad -> bad.notice(
                        file,
                        "entries refer to the image of another entry; their annotations were merged",
                        "image " + content.idText(listed.id())));
                CocoImage.View view = image.views().get(image.views().size() - 1);
                view.items().addAll(items.get(listed.id()));
            } else {
                image.views().add(new CocoImage.View(content, listed, items.get(listed.id()), boxed, outlined));
            }
            String name = FileNames.composed(CocoLayout.slashes(listed.fileName()));
            Set<String> aliases = new LinkedHashSet<>(
                    List.of(id, name, id(name), DataFolder.bare(name), content.idText(listed.id())));
            aliases.add(id(DataFolder.bare(name)));
            for (String alias : aliases) {
                names.merge(alias, id, (a, b) -> a.equals(b) ? a : "");
            }
        }
        idsOf.put(file, ids);
    }

    private static void group(
            CocoFile content, Map<Long, List<CocoFile.Item>> items, List<Consumer<BadFiles>> reports) {
        Set<Long> seen = new HashSet<>();
        for (CocoFile.Item item : content.items()) {
            if (item.id() >= 0 && !seen.add(item.id())) {
                reports.add(bad -> bad.notice(
                        content.file(),
                        "annotations have a duplicate id; all were kept",
                        item.place() + ", id " + item.id()));
            }
            List<CocoFile.Item> own = items.get(item.image());
            if (own != null) {
                own.add(item);
            } else if (item.fault() != null) {
                reports.add(bad -> bad.found(List.of(new DataException(
                        content.file(), item.name() + " (" + item.place() + "): " + item.fault(), "correct it"))));
            } else {
                reports.add(bad -> bad.notice(
                        content.file(),
                        "annotations belong to images that the file does not list, and were left out",
                        item.name() + " of image " + content.idText(item.image())));
            }
        }
    }

    /** The path of an image without extension and without the folder that contains all images. */
    private static String id(String path) {
        String inside = path.startsWith("images/") ? path.substring("images/".length()) : path;
        return ImageEndings.withoutEnding(inside);
    }

    /** Images of the folder that no file read so far lists, as paths below the root. */
    List<String> unlisted() {
        Set<Path> listed = new HashSet<>();
        images.values().forEach(image -> listed.add(image.imageFile()));
        return layout.images().stream()
                .filter(path -> !listed.contains(layout.path(path)))
                .toList();
    }

    /** Why an image was not found. */
    String absent(String fileName) {
        List<String> same = layout.named(fileName);
        return same.size() < 2
                ? "there is no image with that path, nor exactly one with that name"
                : "there is no image with that path, and " + same.size() + " have that name ("
                        + String.join(", ", same.subList(0, 2)) + (same.size() > 2 ? ", ..." : "") + ")";
    }

    /** Names of the images of all files read so far. */
    List<String> ids() {
        return List.copyOf(images.keySet());
    }

    /** Names of the images of one file. */
    List<String> ids(Path file) {
        return List.copyOf(idsOf.get(file));
    }

    CocoImage get(String id) {
        return images.get(id);
    }

    /** The name of an image from its name, file name, path or id; null when there is none or more than one. */
    String find(String name) {
        if (images.containsKey(FileNames.composed(name))) {
            return FileNames.composed(name);
        }
        String id = names.getOrDefault(FileNames.composed(CocoLayout.slashes(name)), "");
        return id.isEmpty() ? null : id;
    }
}
