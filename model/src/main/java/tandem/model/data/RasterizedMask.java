package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/** A class mask rasterized from the outlines of objects, stored compressed: most need a few hundred bytes. */
final class RasterizedMask implements ClassMask {

    private final Path file;
    private final int width;
    private final int height;
    private final byte[] packed;
    private final List<Long> pixels;
    private final long ignored;
    private final long checksum;

    /**
     * Counts and packs.
     *
     * @param file the annotation file
     * @param classes number of mask classes without background
     * @param mask class of each pixel, (height, width): 0 to {@code classes}, or 255
     * @param width columns, in pixels
     * @param height rows, in pixels
     */
    RasterizedMask(Path file, int classes, byte[] mask, int width, int height) {
        this.file = file;
        this.width = width;
        this.height = height;
        long[] counts = new long[256];
        for (byte value : mask) {
            counts[value & 0xFF]++;
        }
        List<Long> perClass = new ArrayList<>();
        for (int value = 0; value <= classes; value++) {
            perClass.add(counts[value]);
        }
        pixels = List.copyOf(perClass);
        ignored = counts[IGNORE];
        checksum = ClassMask.checksum(mask);
        packed = pack(mask);
    }

    private static byte[] pack(byte[] mask) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(mask);
            deflater.finish();
            byte[] bytes = new byte[256];
            int length = 0;
            while (!deflater.finished()) {
                if (length == bytes.length) {
                    bytes = Arrays.copyOf(bytes, 2 * length);
                }
                length += deflater.deflate(bytes, length, bytes.length - length);
            }
            return Arrays.copyOf(bytes, length);
        } finally {
            deflater.end();
        }
    }

    @Override
    public Path file() {
        return file;
    }

    @Override
    public List<Long> pixels() {
        return pixels;
    }

    @Override
    public long ignored() {
        return ignored;
    }

    @Override
    public long checksum() {
        return checksum;
    }

    @Override
    public byte[] read(int width, int height) {
        if (width != this.width || height != this.height) {
            throw new DataException(
                    file,
                    "outlines a mask of " + this.width + " x " + this.height + " pixels, but its image has " + width
                            + " x " + height,
                    "annotate the stored image");
        }
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            byte[] mask = new byte[width * height];
            int at = 0;
            while (at < mask.length) {
                int count = inflater.inflate(mask, at, mask.length - at);
                if (count == 0) {
                    throw new IllegalStateException("packed mask of " + at + " pixels, expected " + mask.length);
                }
                at += count;
            }
            return mask;
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        } finally {
            inflater.end();
        }
    }
}
