package tandem.model.data;

import java.nio.file.Path;
import java.util.List;

/**
 * A class mask in an image file.
 *
 * @param file a PNG of the size of its image whose palette index or gray value is the class of the pixel
 * @param pixels number of pixels of background and then of each of {@link DataSet#maskClasses}
 * @param ignored number of pixels with the value {@link #IGNORE}
 * @param checksum of its pixels; 0 when they were not read
 */
public record MaskFile(Path file, List<Long> pixels, long ignored, long checksum) implements ClassMask {

    /** A mask whose pixels were not read. */
    public MaskFile(Path file, List<Long> pixels, long ignored) {
        this(file, pixels, ignored, 0);
    }

    /** Copies the counts. */
    public MaskFile {
        pixels = List.copyOf(pixels);
    }

    @Override
    public byte[] read(int width, int height) {
        return MaskDecoder.read(file, width, height);
    }
}
