package tandem.model.data;

import java.nio.file.Path;
import java.util.List;

/**
 * A class mask on disk and what was counted in it.
 *
 * @param file a PNG of the size of its image whose palette index or grey value is the class of the pixel
 * @param pixels for background and then each of {@link DataSet#maskClasses}, how many pixels it has
 * @param ignored how many pixels have the value {@link #IGNORE}
 */
public record MaskFile(Path file, List<Long> pixels, long ignored) {

    /** The value of a pixel that counts for nothing. */
    public static final int IGNORE = 255;

    /** Fixes the counts. */
    public MaskFile {
        pixels = List.copyOf(pixels);
    }

    /** Pixels of any class but background. */
    public long foreground() {
        return pixels.stream().skip(1).mapToLong(Long::longValue).sum();
    }
}
