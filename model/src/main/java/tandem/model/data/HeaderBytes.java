package tandem.model.data;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import javax.imageio.ImageReader;
import javax.imageio.ImageTypeSpecifier;
import javax.imageio.stream.MemoryCacheImageInputStream;
import tandem.model.image.Orientation;

/**
 * The bytes of an image file up to its end mark.
 *
 * @param file the file, for messages
 * @param bytes its content, at least one byte
 */
record HeaderBytes(Path file, byte[] bytes) {

    ImageHeader read() {
        if (startsWith(0, 0xFF, 0xD8)) {
            return jpeg();
        } else if (startsWith(0, 0x89, 'P', 'N', 'G')) {
            return png();
        } else if (startsWith(0, 'B', 'M')) {
            return bmp();
        } else if (startsWith(0, 'G', 'I', 'F', '8')) {
            return gif();
        } else if (startsWith(0, 'I', 'I', 42, 0) || startsWith(0, 'M', 'M', 0, 42)) {
            return declared(ImageFormat.TIFF, ExifOrientation.of(bytes, 0, bytes.length));
        } else if (startsWith(0, 'R', 'I', 'F', 'F') && startsWith(8, 'W', 'E', 'B', 'P')) {
            return declared(ImageFormat.WEBP, new WebpChunks(this).checked());
        } else if (bytes.length > 2 && bytes[0] == 'P' && bytes[1] >= '1' && bytes[1] <= '6' && bytes[2] <= ' ') {
            return pnm();
        }
        throw new DataException(
                file,
                "is not a " + ImageFormat.names() + " image (its name is not considered)",
                "convert it to one of them");
    }

    boolean startsWith(int offset, int... signature) {
        for (int i = 0; i < signature.length; i++) {
            if (offset + i >= bytes.length || (bytes[offset + i] & 0xFF) != signature[i]) {
                return false;
            }
        }
        return true;
    }

    int at(long position, String what) {
        if (position >= bytes.length || position < 0) {
            throw new DataException(
                    file, "is cut short: it ends after " + bytes.length + " bytes, before " + what, ImageHeader.SHORT);
        }
        return bytes[(int) position] & 0xFF;
    }

    private int bigEndian(long position, int count, String what) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value = value << 8 | at(position + i, what);
        }
        return value;
    }

    int littleEndian(long position, int count, String what) {
        int value = 0;
        for (int i = 0; i < count; i++) {
            value |= at(position + i, what) << 8 * i;
        }
        return value;
    }

    /** Segments and scans up to the end-of-image marker (ITU-T T.81, annex B). */
    private ImageHeader jpeg() {
        String end = "the end-of-image marker of a JPEG";
        int width = 0;
        int height = 0;
        int channels = 0;
        int bits = 8;
        Orientation orientation = Orientation.UPRIGHT;
        int position = 2;
        while (true) {
            position = nextMarker(position);
            int marker = at(position + 1, end);
            position += 2;
            if (marker == 0xD9) {
                return ImageHeader.stored(ImageFormat.JPEG, width, height, channels, bits, orientation);
            }
            if (marker >= 0xD0 && marker <= 0xD8 || marker == 0x01) {
                continue;
            }
            int length = Math.max(2, bigEndian(position, 2, end));
            if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
                bits = at(position + 2, end);
                height = bigEndian(position + 3, 2, end);
                width = bigEndian(position + 5, 2, end);
                channels = at(position + 7, end);
            } else if (marker == 0xE1 && startsWith(position + 2, 'E', 'x', 'i', 'f', 0, 0)) {
                orientation = ExifOrientation.of(bytes, position + 8, position + length);
            }
            position += length;
        }
    }

    /** Position of the next 0xFF that starts a marker; near the end of the bytes where there is none. */
    private int nextMarker(int start) {
        int position = start;
        while (position + 1 < bytes.length
                && (bytes[position] != -1 || bytes[position + 1] == 0 || bytes[position + 1] == -1)) {
            position++;
        }
        return position;
    }

    private ImageHeader png() {
        String end = "the IEND chunk of a PNG";
        int[] channels = {1, 0, 3, 3, 2, 0, 4}; // by color type (PNG specification, 11.2.2)
        int type = Math.min(6, at(25, end));
        Orientation orientation = Orientation.UPRIGHT;
        long position = 8;
        while (true) {
            long length = bigEndian(position, 4, end) & 0xFFFF_FFFFL;
            int chunk = bigEndian(position + 4, 4, end);
            long data = position + 8;
            position = data + length + 4;
            at(position - 1, end);
            if (chunk == 0x65584966) { // eXIf
                orientation = ExifOrientation.of(bytes, (int) data, (int) (data + length));
            } else if (chunk == 0x49454E44) { // IEND
                return ImageHeader.stored(
                        ImageFormat.PNG,
                        bigEndian(16, 4, end),
                        bigEndian(20, 4, end),
                        channels[type],
                        type == 3 ? 8 : at(24, end),
                        orientation);
            }
        }
    }

    private ImageHeader bmp() {
        String end = "the last row of a BMP";
        int width = littleEndian(18, 4, end);
        int height = Math.abs(littleEndian(22, 4, end));
        int bits = littleEndian(28, 2, end);
        if (littleEndian(30, 4, end) == 0 && width > 0 && height > 0) {
            long row = ((long) width * bits + 31) / 32 * 4;
            at((littleEndian(10, 4, end) & 0xFFFF_FFFFL) + row * height - 1, end);
        }
        return ImageHeader.stored(ImageFormat.BMP, width, height, bits == 32 ? 4 : 3, 8, Orientation.UPRIGHT);
    }

    /** Blocks up to the end of the first frame (GIF89a, sections 18 to 25). */
    private ImageHeader gif() {
        String end = "the end of the first frame of a GIF";
        long position = 13 + colorTable(at(10, end));
        while (true) {
            int block = at(position++, end);
            if (block == 0x2C) {
                position += 9 + colorTable(at(position + 8, end)) + 1;
            } else if (block == 0x21) {
                position++;
            } else {
                throw new DataException(file, "is a GIF without a frame", ImageHeader.SHORT);
            }
            int length;
            do {
                length = at(position, end);
                position += 1 + length;
            } while (length > 0);
            if (block == 0x2C) {
                return ImageHeader.stored(
                        ImageFormat.GIF, littleEndian(6, 2, end), littleEndian(8, 2, end), 3, 8, Orientation.UPRIGHT);
            }
        }
    }

    private static int colorTable(int flags) {
        return (flags & 0x80) == 0 ? 0 : 3 << (flags & 7) + 1;
    }

    /** Text numbers: width, height and, except for bitmaps, the value of white (Netpbm, pgm(5)). */
    private ImageHeader pnm() {
        String end = "the last row of a PNM";
        int kind = bytes[1] - '0';
        int[] numbers = new int[kind % 3 == 1 ? 2 : 3];
        int position = 2;
        for (int i = 0; i < numbers.length; i++) {
            while (at(position, end) <= ' ' || at(position, end) == '#') {
                if (at(position++, end) == '#') {
                    while (at(position, end) != '\n') {
                        position++;
                    }
                }
            }
            int start = position;
            while (at(position, end) >= '0' && at(position, end) <= '9' && position - start < 9) {
                numbers[i] = 10 * numbers[i] + bytes[position++] - '0';
            }
            if (position == start) {
                throw new DataException(file, "is a PNM without its size", ImageHeader.SHORT);
            }
        }
        int max = numbers.length == 3 ? numbers[2] : 1;
        int channels = kind % 3 == 0 ? 3 : 1;
        if (kind == 5 || kind == 6) {
            at(position + (long) numbers[0] * numbers[1] * channels * (max > 255 ? 2 : 1), end);
        } else if (kind == 4) {
            at(position + (numbers[0] + 7L) / 8 * numbers[1], end);
        }
        int bits = Math.max(8, 32 - Integer.numberOfLeadingZeros(max));
        return ImageHeader.stored(ImageFormat.PNM, numbers[0], numbers[1], channels, bits, Orientation.UPRIGHT);
    }

    /** What the format's reader finds in the header. */
    private ImageHeader declared(ImageFormat format, Orientation orientation) {
        ImageReader reader = format.reader();
        try {
            reader.setInput(new MemoryCacheImageInputStream(new ByteArrayInputStream(bytes)), true, true);
            ImageTypeSpecifier type = reader.getRawImageType(0);
            if (type == null) {
                type = reader.getImageTypes(0).next();
            }
            boolean palette = type.getColorModel() instanceof java.awt.image.IndexColorModel;
            return ImageHeader.stored(
                    format,
                    reader.getWidth(0),
                    reader.getHeight(0),
                    palette ? 3 : type.getNumBands(),
                    palette ? 8 : type.getBitsPerBand(0),
                    orientation);
        } catch (IOException | RuntimeException e) {
            throw new DataException(
                    file,
                    "has a header that cannot be read ("
                            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()) + ")",
                    ImageHeader.SHORT);
        } catch (OutOfMemoryError e) {
            throw PixelLimit.outOfMemory(file, e);
        } finally {
            reader.dispose();
        }
    }
}
