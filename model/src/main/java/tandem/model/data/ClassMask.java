package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32C;

/** A class mask: its file and its pixel counts. Its pixels are read on demand. */
public sealed interface ClassMask permits MaskFile, MappedMask, PixelMask, RasterizedMask, TurnedMask {

    /** The value of ignored pixels. */
    int IGNORE = 255;

    /** The file it comes from. */
    Path file();

    /** The number of pixels of background and then of each of {@link DataSet#maskClasses}. */
    List<Long> pixels();

    /** The number of pixels with the value {@link #IGNORE}. */
    long ignored();

    /**
     * Class of each pixel, (height, width).
     *
     * @param width columns of the image, in pixels
     * @param height rows of the image, in pixels
     * @throws DataException when the mask is damaged or of another size
     */
    byte[] read(int width, int height);

    /** A checksum of the class of every pixel, by which a changed mask is noticed. */
    long checksum();

    /** CRC-32C of class values. */
    static long checksum(byte[] values) {
        CRC32C checksum = new CRC32C();
        checksum.update(values);
        return checksum.getValue();
    }

    /** Number of pixels of any class except background. */
    default long foreground() {
        return pixels().stream().skip(1).mapToLong(Long::longValue).sum();
    }
}
