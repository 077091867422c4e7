package tandem.model.data;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Which annotation file belongs to which image. They have the same path except for the ending and for folders that
 * define a kind of file or a split ({@link PathParts}); where there is no such image, the same file name, if only one
 * image has it.
 *
 * @param files for each image its annotation file
 * @param orphans annotation files without an image
 */
record Pairs(Map<String, String> files, List<String> orphans) {

    /**
     * Matches them.
     *
     * @param name the stem of the image for the stem of an annotation file
     * @throws DataException when two files belong to one image, or one file to two images
     */
    static Pairs of(DataFolder folder, List<String> images, List<String> annotations, UnaryOperator<String> name) {
        List<UnaryOperator<String>> keys = List.of(
                path -> "/" + DataFolder.stem(path),
                path -> PathParts.of(path).whole(),
                path -> PathParts.of(path).key(),
                path -> DataFolder.bare(DataFolder.stem(path)));
        Map<String, String> files = new LinkedHashMap<>();
        List<String> waiting = new ArrayList<>(annotations);
        for (UnaryOperator<String> key : keys) {
            Map<String, List<String>> byKey = new HashMap<>();
            for (String image : images) {
                byKey.computeIfAbsent(key.apply(image), k -> new ArrayList<>()).add(image);
            }
            List<String> rest = new ArrayList<>();
            for (String file : waiting) {
                List<String> same = byKey.getOrDefault(key.apply(name.apply(file)), List.of());
                if (same.size() == 1) {
                    String other = files.putIfAbsent(same.get(0), file);
                    if (other != null) {
                        throw new DataException(
                                folder.resolve(file),
                                "belongs to the image " + same.get(0) + ", and so does " + other,
                                "remove or rename one of the two");
                    }
                } else {
                    requireOne(folder, file, same);
                    rest.add(file);
                }
            }
            waiting = rest;
        }
        return new Pairs(files, waiting);
    }

    /** Images that differ only in their ending have one annotation file: it is unknown which of them it describes. */
    private static void requireOne(DataFolder folder, String file, List<String> same) {
        if (same.size() > 1 && same.stream().map(DataFolder::stem).distinct().count() == 1) {
            throw new DataException(
                    folder.resolve(same.get(1)),
                    "has the same name as " + DataFolder.bare(same.get(0))
                            + " except for the extension, so it is ambiguous which of them " + file + " annotates",
                    "rename or remove one");
        }
    }
}
