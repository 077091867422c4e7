package tandem.model.data;

import java.io.IOException;
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

    private static final int DEPTH = 8;

    /**
     * Lists the three folders.
     *
     * @throws DataException when there are no images, or two of the same name
     */
    static VocFiles of(Path root) {
        Path folder = root.resolve("JPEGImages");
        if (!Files.isDirectory(folder)) {
            throw new DataException(
                    root,
                    "has no folder JPEGImages, expected a data set in VOC layout",
                    "give the folder that contains JPEGImages");
        }
        List<String> irregular = new ArrayList<>();
        List<String> unread = new ArrayList<>();
        Map<String, Path> images = new TreeMap<>();
        for (Path file : below(root, folder, irregular)) {
            if (ImageEndings.isRead(file.toString())) {
                Path other = images.put(name(folder, file), file);
                if (other != null) {
                    throw new DataException(
                            file,
                            "has the same name as " + other.getFileName()
                                    + " except for the extension, so names in lists are ambiguous",
                            "rename or remove one");
                }
            } else if (ImageEndings.isUnread(file.toString())) {
                unread.add(FileNames.of(root.relativize(file)));
            }
        }
        if (images.isEmpty()) {
            throw new DataException(folder, "contains no " + ImageEndings.TEXT, "add the images");
        }
        Map<String, String> byFileName = byFileName(images);
        Map<String, Path> annotations = new HashMap<>();
        Map<String, Path> masks = new HashMap<>();
        UnusedFiles unused = UnusedFiles.in(root)
                .with(UnusedFiles.UNREAD, unread)
                .with(
                        UnusedFiles.NO_IMAGE,
                        match(root, "Annotations", "xml", images, byFileName, annotations, irregular))
                .with(
                        UnusedFiles.NO_IMAGE_OF_MASK,
                        match(root, "SegmentationClass", "png", images, byFileName, masks, irregular))
                .with(UnusedFiles.NOT_REGULAR, irregular);
        return new VocFiles(root, images, annotations, masks, byFileName, unused);
    }

    private static Map<String, String> byFileName(Map<String, Path> images) {
        Map<String, String> names = new HashMap<>();
        images.keySet().forEach(id -> names.merge(DataFolder.bare(id), id, (a, b) -> ""));
        return names;
    }

    /** Assigns the files of a folder to images; returns those without one. */
    private static List<String> match(
            Path root,
            String name,
            String ending,
            Map<String, Path> images,
            Map<String, String> byFileName,
            Map<String, Path> found,
            List<String> irregular) {
        Path folder = root.resolve(name);
        List<String> orphans = new ArrayList<>();
        List<Path> waiting = new ArrayList<>();
        for (Path file : below(root, folder, irregular)) {
            if (DataFolder.ending(file.toString()).equals(ending)) {
                String id = name(folder, file);
                if (!images.containsKey(id)) {
                    waiting.add(file);
                } else if (found.putIfAbsent(id, file) != null) {
                    throw new DataException(
                            file,
                            "belongs to the image " + id + ", and so does "
                                    + found.get(id).getFileName(),
                            "remove one of the two");
                }
            }
        }
        for (Path file : waiting) {
            String id = byFileName.getOrDefault(DataFolder.bare(name(folder, file)), "");
            if (id.isEmpty() || found.putIfAbsent(id, file) != null) {
                orphans.add(FileNames.of(root.relativize(file)));
            }
        }
        return orphans;
    }

    /** Files below a folder, sorted; none when there is no such folder. Hidden ones are left out. */
    private static List<Path> below(Path root, Path folder, List<String> irregular) {
        List<Path> files = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return files;
        }
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, new SimpleFileVisitor<>() {
                @Override
                public FileVisitResult preVisitDirectory(Path inner, BasicFileAttributes attributes) {
                    return inner.equals(folder) || !DataFolder.isHidden(inner)
                            ? FileVisitResult.CONTINUE
                            : FileVisitResult.SKIP_SUBTREE;
                }

                @Override
                public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                    if (DataFolder.isHidden(file)) {
                        return FileVisitResult.CONTINUE;
                    }
                    if (attributes.isRegularFile()) {
                        files.add(file);
                    } else {
                        irregular.add(FileNames.of(root.relativize(file)));
                    }
                    return FileVisitResult.CONTINUE;
                }

                @Override
                public FileVisitResult visitFileFailed(Path file, IOException e) {
                    return FileVisitResult.CONTINUE; // an image in this folder counts as missing
                }
            });
        } catch (IOException e) {
            throw new DataException(
                    folder, "cannot be listed (" + e.getClass().getSimpleName() + ")", "check its permissions");
        }
        files.sort(null);
        return files;
    }

    private static String name(Path folder, Path file) {
        return DataFolder.stem(FileNames.of(folder.relativize(file)));
    }

    /**
     * The name of an image from a name in a list: with or without ending and folders; null when there is none, or when
     * several images have that file name.
     */
    String find(String written) {
        String name = FileNames.composed(CocoLayout.slashes(written));
        int folder = name.lastIndexOf("JPEGImages/");
        String inside = folder < 0 ? name : name.substring(folder + "JPEGImages/".length());
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
        return file == null ? root.resolve("Annotations").resolve(id + ".xml") : file;
    }

    /** The mask of an image, whether or not it exists. */
    Path mask(String id) {
        Path file = masks.get(id);
        return file == null ? root.resolve("SegmentationClass").resolve(id + ".png") : file;
    }
}
