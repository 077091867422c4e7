package tandem.model.data;

import java.nio.file.Path;
import tandem.model.image.Orientation;

/**
 * Size of an image and a check that its file is complete, without decoding. ImageIO decodes a truncated JPEG to a
 * partly gray image, so the end must be checked.
 *
 * @param format the format
 * @param width columns of the upright image
 * @param height rows of the upright image
 * @param channels stored channels per pixel, an alpha channel included: 1 or 2 for gray, 3 or 4 for color; a palette
 *     counts as 3
 * @param bits bits of a stored sample; 8 for a palette
 * @param orientation from the stored to the upright image
 */
record ImageHeader(ImageFormat format, int width, int height, int channels, int bits, Orientation orientation) {

    static final String SHORT = "copy the file again from its source, or leave it out";
    /** Maximum width and height; a larger value means a damaged header. */
    private static final int MAX_SIZE = 65_500;

    /** A header as the file has it, whose size is that of the stored image. */
    static ImageHeader stored(
            ImageFormat format, int width, int height, int channels, int bits, Orientation orientation) {
        return orientation.isTransposed()
                ? new ImageHeader(format, height, width, channels, bits, orientation)
                : new ImageHeader(format, width, height, channels, bits, orientation);
    }

    /**
     * Reads the header and searches the end of the image, to decode it.
     *
     * @throws DataException also when the size exceeds the limit
     */
    static ImageHeader read(Path file, byte[] bytes, PixelLimit limit) {
        ImageHeader header = read(file, bytes);
        limit.check(file, header);
        return header;
    }

    /**
     * The same without a limit: for the header alone, or where the caller requires a size.
     *
     * @throws DataException when the format is unknown, the size is not positive, or the file ends early
     */
    static ImageHeader read(Path file, byte[] bytes) {
        if (bytes.length == 0) {
            throw new DataException(file, "is empty (0 bytes), expected an image", SHORT);
        }
        ImageHeader header = new HeaderBytes(file, bytes).read();
        if (header.width < 1 || header.height < 1 || header.width > MAX_SIZE || header.height > MAX_SIZE) {
            throw new DataException(
                    file,
                    "states " + header.width + " x " + header.height + " pixels, expected 1 to " + MAX_SIZE
                            + " on each side",
                    SHORT);
        }
        return header;
    }

    /** Columns of the stored image. */
    int storedWidth() {
        return orientation.isTransposed() ? height : width;
    }

    /** Rows of the stored image. */
    int storedHeight() {
        return orientation.isTransposed() ? width : height;
    }
}
