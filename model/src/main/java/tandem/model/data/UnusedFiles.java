package tandem.model.data;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of a data set that are not used, for the audit and for a count when data is read.
 *
 * @param root folder of the data set
 * @param byReason paths below it by reason, in the plural
 */
record UnusedFiles(Path root, Map<String, List<String>> byReason) {

    static final String NO_IMAGE = "annotation files have no image";
    static final String NO_IMAGE_OF_MASK = "masks have no image";
    static final String UNREAD = "files are images in a format that is not read (convert them to PNG)";
    static final String NOT_LISTED = "images are in no instances file";
    static final String NOT_REGULAR = "files or folders cannot be read or are no regular ones";
    static final String IN_NO_SPLIT = "images are in no split";
    static final String NO_PNG = "masks are no PNG files";
    static final String OTHER_FOLDER = "masks are not in SegmentationClass";

    /** None yet. */
    static UnusedFiles in(Path root) {
        return new UnusedFiles(root, new LinkedHashMap<>());
    }

    /** Images that are not read, and annotation files without an image. */
    static UnusedFiles of(DataFolder folder, List<String> orphans) {
        return in(folder.root())
                .with(UNREAD, folder.unread())
                .with(NOT_REGULAR, folder.irregular())
                .with(NO_IMAGE, orphans);
    }

    /** Adds files. */
    UnusedFiles with(String reason, List<String> files) {
        if (!files.isEmpty()) {
            byReason.put(reason, List.copyOf(files));
        }
        return this;
    }

    void report(BadFiles bad) {
        byReason.forEach((reason, files) -> bad.unused(root, reason, files));
    }
}
