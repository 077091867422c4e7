package tandem.model.data;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** Endings of image files: those that are read, and those of formats that are not. Upper case counts as lower case. */
public final class ImageEndings {

    private static final List<String> READ = Arrays.stream(ImageFormat.values())
            .flatMap(format -> format.endings().stream())
            .toList();
    private static final List<String> UNREAD = List.of("heic", "heif", "avif", "jp2", "jxl", "exr", "hdr", "dng");

    /** The endings that are read, for messages. */
    public static final String TEXT = READ.stream()
            .map(ending -> "." + ending)
            .collect(Collectors.collectingAndThen(Collectors.toList(), all -> {
                String last = all.remove(all.size() - 1);
                return String.join(", ", all) + " or " + last;
            }));

    private ImageEndings() {}

    /** Whether a file name or path has the ending of an image that is read. */
    public static boolean isRead(String name) {
        return READ.contains(DataFolder.ending(name));
    }

    /** Whether it has the ending of an image in a format that is not read. */
    public static boolean isUnread(String name) {
        return UNREAD.contains(DataFolder.ending(name));
    }

    /** The path without the ending of an image that is read; the path itself when it has none. */
    static String withoutEnding(String path) {
        return isRead(path) ? DataFolder.stem(path) : path;
    }
}
