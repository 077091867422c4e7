package tandem.model.data;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.LongStream;

/**
 * A class mask in memory, of an image without a file.
 *
 * @param width columns
 * @param height rows
 * @param pixels number of pixels of background and of each class
 * @param ignored number of pixels with the value {@link ClassMask#IGNORE}
 * @param values (height, width) class of each pixel
 */
public record PixelMask(int width, int height, List<Long> pixels, long ignored, byte[] values) implements ClassMask {

    /**
     * Counts the pixels of a mask.
     *
     * @param channels number of classes, with background
     */
    public static PixelMask of(int width, int height, int channels, byte[] values) {
        long[] counts = new long[256];
        for (byte value : values) {
            counts[value & 0xFF]++;
        }
        return new PixelMask(
                width, height, LongStream.of(counts).limit(channels).boxed().toList(), counts[IGNORE], values);
    }

    @Override
    public Path file() {
        return Path.of("(in memory)");
    }

    @Override
    public long checksum() {
        return ClassMask.checksum(values);
    }

    @Override
    public byte[] read(int width, int height) {
        if (width != this.width || height != this.height) {
            throw new IllegalArgumentException(
                    "a mask of " + this.width + " x " + this.height + " for an image of " + width + " x " + height);
        }
        return values;
    }
}
