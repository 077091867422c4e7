package tandem.model.data;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * A path below the root of a data set, without the folder names that define only what a file is: a kind of file
 * ({@code images}, {@code masks}, {@code annotations}) or a split ({@code train}, {@code val}). Files of the same image
 * have the same key.
 *
 * @param key the other folders and the file name without ending
 * @param split name of the split; empty when no folder is one
 * @param mask whether a folder is named as folders of masks are
 * @param own the other folders, in order
 */
record PathParts(String key, String split, boolean mask, List<String> own) {

    private static final Set<String> IMAGE_WORDS = Set.of(
            "images",
            "image",
            "imgs",
            "img",
            "jpegimages",
            "jpgs",
            "jpg",
            "png",
            "pngs",
            "rgb",
            "input",
            "inputs",
            "originals",
            "original",
            "frames",
            "data",
            "pictures",
            "photos");
    private static final Set<String> MASK_WORDS = Set.of(
            "masks",
            "mask",
            "gt",
            "gts",
            "groundtruth",
            "segmentation",
            "segmentations",
            "seg",
            "segs",
            "segmentationclass",
            "annotations",
            "annotation",
            "annots",
            "labels",
            "label",
            "targets",
            "target",
            "trimaps",
            "xmls",
            "xml",
            "json",
            "jsons",
            "txt");

    static PathParts of(String path) {
        String[] parts = DataFolder.stem(path).split("/");
        String split = "";
        boolean mask = false;
        List<String> own = new ArrayList<>();
        for (int i = 0; i < parts.length - 1; i++) {
            String word = parts[i].toLowerCase(Locale.ROOT);
            boolean known = true;
            boolean maskWord = false;
            String splitWord = "";
            if (word.equals("ground_truth")) {
                maskWord = true;
            } else {
                for (String token : word.split("[-_ ]+")) {
                    if (MASK_WORDS.contains(token)) {
                        maskWord = true;
                    } else if (Splits.isSplit(token)) {
                        splitWord = token.equals(word) ? parts[i] : token;
                    } else if (!IMAGE_WORDS.contains(token)) {
                        known = false;
                    }
                }
            }
            if (known) {
                mask |= maskWord;
                split = splitWord.isEmpty() ? split : splitWord;
            } else {
                own.add(parts[i]);
            }
        }
        List<String> key = new ArrayList<>(own);
        key.add(parts[parts.length - 1]);
        return new PathParts(String.join("/", key), split, mask, List.copyOf(own));
    }

    /** The key within its split. */
    String whole() {
        return split + "/" + key;
    }
}
