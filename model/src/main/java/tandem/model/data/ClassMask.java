package tandem.model.data;

import java.nio.file.Path;
import java.util.List;

/** A class mask: where it is, and what was counted in it. Its pixels are read when they are needed. */
public sealed interface ClassMask permits MaskFile, DrawnMask {

    /** The value of a pixel that counts for nothing. */
    int IGNORE = 255;

    /** The file it comes from. */
    Path file();

    /** For background and then each of {@link DataSet#maskClasses}, how many pixels it has. */
    List<Long> pixels();

    /** How many pixels have the value {@link #IGNORE}. */
    long ignored();

    /**
     * Class of each pixel, (height, width).
     *
     * @param width columns of the image, in pixels
     * @param height rows of the image, in pixels
     * @throws DataException when the mask is damaged or of another size
     */
    byte[] read(int width, int height);

    /** Pixels of any class but background. */
    default long foreground() {
        return pixels().stream().skip(1).mapToLong(Long::longValue).sum();
    }
}
