package tandem.model.data;

import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * The limit of an image's size, checked before it is decoded: a file of a few kilobytes can declare gigabytes of
 * pixels.
 *
 * @param pixels maximum number of pixels; if empty, images must fit, at their stored depth and as RGB bytes, into half
 *     of the memory of the Java heap
 * @param option the option that raises it, for messages
 */
public record PixelLimit(OptionalLong pixels, String option) {

    private static final String OPTION = "--max-image-pixels";
    /** A larger image has more than 2^31 bytes of RGB. */
    private static final long ADDRESSABLE = (Integer.MAX_VALUE - 16) / 3;

    /** What fits into half of the memory of the Java heap. */
    public static final PixelLimit HEAP = new PixelLimit(OptionalLong.empty(), OPTION);

    /** @throws IllegalArgumentException when the number of pixels is not positive */
    public PixelLimit {
        if (pixels.isPresent() && pixels.getAsLong() < 1) {
            throw new IllegalArgumentException("limit of " + pixels.getAsLong() + " pixels: at least 1");
        }
    }

    /** At most this number of pixels. */
    public static PixelLimit of(long pixels) {
        return of(pixels, OPTION);
    }

    /** The same, set by another option. */
    public static PixelLimit of(long pixels, String option) {
        return new PixelLimit(OptionalLong.of(pixels), option);
    }

    /** @throws DataException when the image is larger */
    void check(Path file, ImageHeader header) {
        long size = (long) header.width() * header.height();
        long bytes = size * (header.channels() * ((header.bits() + 7) / 8) + 3L);
        if (pixels.isPresent() && size > pixels.getAsLong()) {
            throw larger(file, header, " of " + pixels.getAsLong(), "raise " + option);
        }
        if (size > ADDRESSABLE
                || pixels.isEmpty() && bytes > Runtime.getRuntime().maxMemory() / 2) {
            throw larger(
                    file,
                    header,
                    ", half of the memory of the Java heap",
                    "raise the limit with " + option + " or the heap with -Xmx");
        }
    }

    private static DataException larger(Path file, ImageHeader header, String limit, String remedy) {
        return new DataException(
                file,
                "states " + header.width() + " x " + header.height() + " pixels, more than the limit" + limit,
                "cut it into tiles, or " + remedy);
    }

    /** The error for an image that did not fit into memory all the same. */
    static DataException outOfMemory(Path file, OutOfMemoryError e) {
        return new DataException(
                file,
                "does not fit into memory (" + e.getMessage() + ")",
                "cut it into tiles, or raise the heap with -Xmx");
    }
}
