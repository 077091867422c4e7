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
import java.util.Set;
import tandem.model.coco.CocoFile;

/** The images of all instances files, each once, also when several files list it. Files are read on demand. */
final class CocoImages {

    private final CocoLayout layout;
    private final Map<String, CocoImage> images = new LinkedHashMap<>();
    private final Map<Path, Set<String>> idsOf = new LinkedHashMap<>();
    /** Image by any name that a list may use; null for an ambiguous name. */
    private final Map<String, String> names = new HashMap<>();

    CocoImages(CocoLayout layout) {
        this.layout = layout;
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

    /** Reads a file, unless it was read before. */
    synchronized void add(Path file, BadFiles bad) {
        if (idsOf.containsKey(file)) {
            return;
        }
        CocoFile content;
        try {
            content = CocoFile.read(file);
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
                bad.notice(file, "images are listed twice", "image " + listed.id());
            } else {
                throw new DataException(
                        file,
                        "gives the id " + listed.id() + " to '" + other.fileName() + "' and to '" + listed.fileName()
                                + "', so its annotations are ambiguous",
                        "export it again, with an id for each image");
            }
        }
        group(content, items, bad);
        boolean boxed = content.items().stream().anyMatch(item -> item.corner() != null);
        boolean outlined = content.items().stream().anyMatch(item -> item.outline() != null);
        Set<String> ids = new LinkedHashSet<>();
        idsOf.put(file, ids);
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
                bad.notice(
                        file,
                        "entries refer to the image of another entry; their annotations were merged",
                        "image " + listed.id());
                CocoImage.View view = image.views().get(image.views().size() - 1);
                view.items().addAll(items.get(listed.id()));
            } else {
                image.views().add(new CocoImage.View(content, listed, items.get(listed.id()), boxed, outlined));
            }
            String name = CocoLayout.slashes(listed.fileName());
            Set<String> aliases = new LinkedHashSet<>(
                    List.of(id, name, id(name), name.substring(name.lastIndexOf('/') + 1), Long.toString(listed.id())));
            aliases.add(id(name.substring(name.lastIndexOf('/') + 1)));
            for (String alias : aliases) {
                names.merge(alias, id, (a, b) -> a.equals(b) ? a : "");
            }
        }
    }

    private static void group(CocoFile content, Map<Long, List<CocoFile.Item>> items, BadFiles bad) {
        Set<Long> seen = new HashSet<>();
        for (CocoFile.Item item : content.items()) {
            if (item.id() >= 0 && !seen.add(item.id())) {
                bad.notice(
                        content.file(),
                        "annotations have a duplicate id; all were kept",
                        item.place() + ", id " + item.id());
            }
            List<CocoFile.Item> own = items.get(item.image());
            if (own != null) {
                own.add(item);
            } else if (item.fault() != null) {
                bad.found(List.of(new DataException(
                        content.file(), item.name() + " (" + item.place() + "): " + item.fault(), "correct it")));
            } else {
                bad.notice(
                        content.file(),
                        "annotations belong to images that the file does not list, and were left out",
                        item.name() + " of image " + item.image());
            }
        }
    }

    /** The path of an image without extension and without the folder that contains all images. */
    private static String id(String path) {
        String inside = path.startsWith("images/") ? path.substring("images/".length()) : path;
        return ImageEndings.withoutEnding(inside);
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
        if (images.containsKey(name)) {
            return name;
        }
        String id = names.getOrDefault(CocoLayout.slashes(name), "");
        return id.isEmpty() ? null : id;
    }
}
