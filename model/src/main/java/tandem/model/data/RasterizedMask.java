package tandem.model.data;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A class mask rasterized from the outlines of objects, stored as compressed runs of equal pixels: most need a few
 * hundred bytes, and the cost of large areas is that of filling memory.
 */
final class RasterizedMask implements ClassMask {

    /** A class and a length below 2^31. */
    private static final int MAX_RUN_BYTES = 6;

    private final Path file;
    private final int width;
    private final int height;
    /** For each run its class, then its length in groups of seven bits, the low ones first; the last is below 128. */
    private final byte[] packed;
    /** Bytes of the runs before compression. */
    private final int unpacked;

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
        byte[] runs = new byte[256];
        int length = 0;
        for (int at = 0, end; at < mask.length; at = end) {
            end = endOfRun(mask, at);
            counts[mask[at] & 0xFF] += end - at;
            if (length + MAX_RUN_BYTES > runs.length) {
                runs = Arrays.copyOf(runs, 2 * runs.length);
            }
            runs[length++] = mask[at];
            int rest = end - at;
            for (; rest > 0x7F; rest >>>= 7) {
                runs[length++] = (byte) (rest | 0x80);
            }
            runs[length++] = (byte) rest;
        }
        List<Long> perClass = new ArrayList<>();
        for (int value = 0; value <= classes; value++) {
            perClass.add(counts[value]);
        }
        pixels = List.copyOf(perClass);
        ignored = counts[IGNORE];
        checksum = ClassMask.checksum(mask);
        unpacked = length;
        packed = pack(runs, length);
    }

    private static int endOfRun(byte[] mask, int start) {
        int change = Arrays.mismatch(mask, start, mask.length - 1, mask, start + 1, mask.length);
        return change < 0 ? mask.length : start + change + 1;
    }

    private static byte[] pack(byte[] runs, int count) {
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try {
            deflater.setInput(runs, 0, count);
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
        byte[] runs = unpack();
        byte[] mask = new byte[width * height];
        int at = 0;
        for (int i = 0; i < runs.length; ) {
            byte value = runs[i++];
            int run = 0;
            for (int shift = 0; ; shift += 7) {
                byte part = runs[i++];
                run |= (part & 0x7F) << shift;
                if (part >= 0) {
                    break;
                }
            }
            Arrays.fill(mask, at, at + run, value);
            at += run;
        }
        return mask;
    }

    private byte[] unpack() {
        Inflater inflater = new Inflater();
        try {
            inflater.setInput(packed);
            byte[] runs = new byte[unpacked];
            int at = 0;
            while (at < runs.length) {
                int count = inflater.inflate(runs, at, runs.length - at);
                if (count == 0) {
                    throw new IllegalStateException("packed mask of " + at + " bytes, expected " + runs.length);
                }
                at += count;
            }
            return runs;
        } catch (DataFormatException e) {
            throw new IllegalStateException(e);
        } finally {
            inflater.end();
        }
    }
}
