package tandem.model.data;

import java.nio.file.Path;
import java.util.List;

/**
 * A class mask in an image file whose values are converted.
 *
 * @param file the image file
 * @param values how its pixels become values
 * @param lookup (256) class of each value
 * @param pixels number of pixels of background and then of each class
 * @param ignored number of ignored pixels
 * @param checksum of its pixels
 */
record MappedMask(Path file, MaskValues values, int[] lookup, List<Long> pixels, long ignored, long checksum)
        implements ClassMask {

    @Override
    public byte[] read(int width, int height) {
        return map(values.read(file, width, height), lookup);
    }

    /** Replaces every value by its class; returns the same array. */
    static byte[] map(byte[] mask, int[] lookup) {
        for (int i = 0; i < mask.length; i++) {
            mask[i] = (byte) lookup[mask[i] & 0xFF];
        }
        return mask;
    }
}
