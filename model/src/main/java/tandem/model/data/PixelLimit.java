package tandem.model.data;

import java.nio.file.Path;

/**
 * The limit of an image's size, checked before it is decoded: a file of a few kilobytes can declare gigabytes of
 * pixels. The limit in pixels is the system property {@code tandem.maxImagePixels}, if set; else images must fit, at
 * their stored depth and as RGB bytes, into half of the memory of the Java heap.
 */
public final class PixelLimit {

    /** Name of the system property, which the option {@code --max-image-pixels} sets. */
    public static final String PROPERTY = "tandem.maxImagePixels";
    /** A larger image has more than 2^31 bytes of RGB. */
    private static final long ADDRESSABLE = (Integer.MAX_VALUE - 16) / 3;

    private PixelLimit() {}

    static void check(Path file, ImageHeader header) {
        long pixels = (long) header.width() * header.height();
        long bytes = pixels * (header.channels() * ((header.bits() + 7) / 8) + 3L);
        Long given = Long.getLong(PROPERTY);
        boolean large = given == null ? bytes > Runtime.getRuntime().maxMemory() / 2 : pixels > given;
        if (pixels > ADDRESSABLE || large) {
            throw new DataException(
                    file,
                    "states " + header.width() + " x " + header.height() + " pixels, more than the limit"
                            + (given == null || pixels > ADDRESSABLE
                                    ? ", half of the memory of the Java heap"
                                    : " of " + given),
                    given == null || pixels > ADDRESSABLE
                            ? "cut it into tiles, or raise the limit with --max-image-pixels or the heap with -Xmx"
                            : "cut it into tiles, or raise --max-image-pixels");
        }
    }

    /** The error for an image that did not fit into memory all the same. */
    static DataException outOfMemory(Path file, OutOfMemoryError e) {
        return new DataException(
                file,
                "does not fit into memory (" + e.getMessage() + ")",
                "cut it into tiles, or raise the heap with -Xmx");
    }
}
