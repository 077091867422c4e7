package tandem.model.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tandem.model.coco.CocoFile;

/**
 * The ids of images and classes in a COCO file, for results that are compared with it. An id that the file writes as a
 * text has a number here and its text in a map.
 *
 * @param images id of each image, in the order of the images
 * @param categories id of each class, in the order of the classes
 * @param imageTexts texts of image ids
 * @param categoryTexts texts of class ids
 */
public record CocoIds(
        List<Long> images, List<Long> categories, Map<Long, String> imageTexts, Map<Long, String> categoryTexts) {

    /** Copies the lists and maps. */
    public CocoIds {
        images = List.copyOf(images);
        categories = List.copyOf(categories);
        imageTexts = Map.copyOf(imageTexts);
        categoryTexts = Map.copyOf(categoryTexts);
    }

    /** Images and classes numbered from 1. */
    public static CocoIds numbered(int images, int classes) {
        return new CocoIds(numbers(images), numbers(classes), Map.of(), Map.of());
    }

    private static List<Long> numbers(int count) {
        List<Long> numbers = new ArrayList<>();
        for (long i = 1; i <= count; i++) {
            numbers.add(i);
        }
        return numbers;
    }

    /**
     * Finds image files and class names in a COCO file. An image is the entry whose path is the end of its own path, or
     * the only entry with its file name.
     *
     * @throws DataException when one is not found
     */
    public static CocoIds in(Path file, List<Path> images, List<String> classes) {
        CocoFile content;
        try {
            content = CocoFile.read(file);
        } catch (IOException e) {
            throw CocoImages.unreadable(file, e);
        }
        Map<String, Long> paths = new HashMap<>();
        Map<String, Long> names = new HashMap<>();
        Map<Long, String> imageTexts = new HashMap<>();
        for (CocoFile.Image image : content.images()) {
            if (image.text() != null) {
                imageTexts.put(image.id(), image.text());
            }
            String path = FileNames.folded(FileNames.decoded(FileNames.composed(CocoLayout.slashes(image.fileName()))));
            paths.put(path, image.id());
            names.merge(DataFolder.bare(path), image.id(), (a, b) -> a.equals(b) ? a : Long.valueOf(-1));
        }
        List<Long> imageIds = new ArrayList<>();
        for (Path image : images) {
            String path = FileNames.folded(
                    CocoLayout.slashes(FileNames.of(image.toAbsolutePath().normalize())));
            Long id = null;
            for (String end = path; id == null && !end.isEmpty(); ) {
                id = paths.get(end);
                int slash = end.indexOf('/');
                end = slash < 0 ? "" : end.substring(slash + 1);
            }
            if (id == null) {
                id = names.getOrDefault(DataFolder.bare(path), -1L);
            }
            if (id < 0) {
                throw new DataException(
                        file,
                        "has no entry for the image " + image + ", or several with its file name",
                        "give the file that lists the images");
            }
            imageIds.add(id);
        }
        List<Long> categoryIds = new ArrayList<>();
        Map<Long, String> categoryTexts = new HashMap<>();
        for (String name : classes) {
            CocoFile.Category category = content.categories().stream()
                    .filter(one -> one.name().equals(name))
                    .findFirst()
                    .orElseThrow(() -> new DataException(
                            file,
                            "has no category '" + name + "', which the network finds",
                            "give the file of the data that the network was trained on"));
            categoryIds.add(category.id());
            if (category.text() != null) {
                categoryTexts.put(category.id(), category.text());
            }
        }
        return new CocoIds(imageIds, categoryIds, imageTexts, categoryTexts);
    }
}
