package tandem.model.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The files of a folder in VOC layout, by the name of their image: its path below {@code JPEGImages} without ending,
 * with composed characters. An annotation or mask belongs to the image of the same path below its own folder; where
 * there is no such image, to the only one with the same file name.
 *
 * @param root the folder
 * @param images the images, sorted by name
 * @param annotations annotation file of an image
 * @param masks mask of an image
 * @param byFileName image by its file name without folders; empty for several
 * @param unused images in other formats, annotations and masks without an image
 */
record VocFiles(
        Path root,
        Map<String, Path> images,
        Map<String, Path> annotations,
        Map<String, Path> masks,
        Map<String, String> byFileName,
        UnusedFiles unused) {

    private static final String IMAGES = "JPEGImages";
    private static final String ANNOTATIONS = "Annotations";
    private static final String MASKS = "SegmentationClass";

    /**
     * Lists the three folders.
     *
     * @throws DataException when there are no images, or two of the same name
     */
    static VocFiles of(Path root) {
        requireImages(root);
        return of(DataFolder.of(root));
    }

    /** The same for a folder that was listed. */
    static VocFiles of(DataFolder folder) {
        Path root = folder.root();
        requireImages(root);
        Map<String, Path> images = new TreeMap<>();
        for (String name : DataFolder.below(IMAGES, folder.images())) {
            Path file = folder.resolve(name);
            Path other = images.put(id(IMAGES, name), file);
            if (other != null) {
                throw new DataException(
                        file,
                        "has the same name as " + other.getFileName()
                                + " except for the extension, so names in lists are ambiguous",
                        "rename or remove one");
            }
        }
        if (images.isEmpty()) {
            throw new DataException(root.resolve(IMAGES), "contains no " + ImageEndings.TEXT, "add the images");
        }
        Map<String, String> byFileName = byFileName(images);
        Map<String, Path> annotations = new HashMap<>();
        Map<String, Path> masks = new HashMap<>();
        List<String> irregular = new ArrayList<>();
        for (String part : List.of(IMAGES, ANNOTATIONS, MASKS)) {
            irregular.addAll(DataFolder.below(part, folder.irregular()));
        }
        UnusedFiles unused = UnusedFiles.in(root)
                .with(UnusedFiles.UNREAD, DataFolder.below(IMAGES, folder.unread()))
                .with(
                        UnusedFiles.NO_IMAGE,
                        match(folder, ANNOTATIONS, folder.files("xml"), images, byFileName, annotations))
                .with(UnusedFiles.NO_IMAGE_OF_MASK, match(folder, MASKS, folder.images(), images, byFileName, masks))
                .with(
                        UnusedFiles.NO_PNG,
                        DataFolder.below(MASKS, folder.images()).stream()
                                .filter(name -> !DataFolder.ending(name).equals("png"))
                                .toList())
                .with(UnusedFiles.OTHER_FOLDER, DataFolder.below(MASKS + "PNG", folder.images()))
                .with(UnusedFiles.NOT_REGULAR, irregular);
        return new VocFiles(root, images, annotations, masks, byFileName, unused);
    }

    private static void requireImages(Path root) {
        if (!Files.isDirectory(root.resolve(IMAGES))) {
            throw new DataException(
                    root,
                    "has no folder JPEGImages, expected a data set in VOC layout",
                    "give the folder that contains JPEGImages");
        }
    }

    private static Map<String, String> byFileName(Map<String, Path> images) {
        Map<String, String> names = new HashMap<>();
        images.keySet().forEach(id -> names.merge(DataFolder.bare(id), id, (a, b) -> ""));
        return names;
    }

    /** Assigns annotations or masks to images; returns those without one. */
    private static List<String> match(
            DataFolder folder,
            String part,
            List<String> names,
            Map<String, Path> images,
            Map<String, String> byFileName,
            Map<String, Path> found) {
        List<String> orphans = new ArrayList<>();
        List<String> waiting = new ArrayList<>();
        for (String name : DataFolder.below(part, names)) {
            if (part.equals(MASKS) && !DataFolder.ending(name).equals("png")) {
                continue;
            }
            String id = id(part, name);
            if (!images.containsKey(id)) {
                waiting.add(name);
            } else if (found.putIfAbsent(id, folder.resolve(name)) != null) {
                throw new DataException(
                        folder.resolve(name),
                        "belongs to the image " + id + ", and so does "
                                + found.get(id).getFileName(),
                        "remove one of the two");
            }
        }
        for (String name : waiting) {
            String id = byFileName.getOrDefault(DataFolder.bare(id(part, name)), "");
            if (id.isEmpty() || found.putIfAbsent(id, folder.resolve(name)) != null) {
                orphans.add(name);
            }
        }
        return orphans;
    }

    private static String id(String part, String name) {
        return DataFolder.stem(name.substring(part.length() + 1));
    }

    /**
     * The name of an image from a name in a list: with or without ending and folders; null when there is none, or when
     * several images have that file name.
     */
    String find(String written) {
        String name = FileNames.composed(CocoLayout.slashes(written));
        int folder = name.lastIndexOf(IMAGES + "/");
        String inside = folder < 0 ? name : name.substring(folder + IMAGES.length() + 1);
        if (images.containsKey(inside)) {
            return inside;
        }
        String stem = ImageEndings.isRead(inside) ? DataFolder.stem(inside) : inside;
        Path image = images.get(stem);
        if (image != null) {
            return DataFolder.ending(inside).equals(DataFolder.ending(image.toString())) ? stem : null;
        }
        String only = byFileName.getOrDefault(stem, "");
        return only.isEmpty() ? null : only;
    }

    /** The annotation file of an image, whether or not it exists. */
    Path annotation(String id) {
        Path file = annotations.get(id);
        return file == null ? root.resolve(ANNOTATIONS).resolve(id + ".xml") : file;
    }

    /** The mask of an image, whether or not it exists. */
    Path mask(String id) {
        Path file = masks.get(id);
        return file == null ? root.resolve(MASKS).resolve(id + ".png") : file;
    }
}
