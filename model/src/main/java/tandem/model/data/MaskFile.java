package tandem.model.data;

import java.nio.file.Path;
import java.util.List;

/**
 * A class mask that is a picture of its own.
 *
 * @param file a PNG of the size of its image whose palette index or grey value is the class of the pixel
 * @param pixels for background and then each of {@link DataSet#maskClasses}, how many pixels it has
 * @param ignored how many pixels have the value {@link #IGNORE}
 */
public record MaskFile(Path file, List<Long> pixels, long ignored) implements ClassMask {

    /** Fixes the counts. */
    public MaskFile {
        pixels = List.copyOf(pixels);
    }

    @Override
    public byte[] read(int width, int height) {
        return MaskDecoder.read(file, width, height);
    }
}
