package tandem.model.data;

import java.nio.file.Path;

/**
 * Size of an image and a check that its file is complete, from its markers, without decoding. ImageIO decodes a
 * truncated JPEG to a partly gray image, so the end must be checked.
 *
 * @param format ImageIO's name of the format: {@code jpeg}, {@code png} or {@code bmp}
 * @param width columns
 * @param height rows
 * @param channels stored channels per pixel, an alpha channel included: 1 or 2 for gray, 3 or 4 for color; a palette
 *     counts as 3
 */
record ImageHeader(String format, int width, int height, int channels) {

    private static final String SHORT = "copy the file again from its source, or leave it out";
    /** Maximum width and height; a larger value means a damaged header. */
    private static final int MAX_SIZE = 65_500;

    /**
     * Reads the header and searches the end of the image.
     *
     * @throws DataException when the format is unknown, the size is not positive, or the file ends early
     */
    static ImageHeader read(Path file, byte[] bytes) {
        Walk walk = new Walk(file, bytes);
        ImageHeader header;
        if (bytes.length == 0) {
            throw new DataException(file, "is empty (0 bytes), expected an image", SHORT);
        } else if (walk.startsWith(0xFF, 0xD8)) {
            header = walk.jpeg();
        } else if (walk.startsWith(0x89, 'P', 'N', 'G')) {
            header = walk.png();
        } else if (walk.startsWith('B', 'M')) {
            header = walk.bmp();
        } else {
            throw new DataException(
                    file, "is not a JPEG, PNG or BMP image (its name is not considered)", "convert it to one of them");
        }
        if (header.width < 1 || header.height < 1 || header.width > MAX_SIZE || header.height > MAX_SIZE) {
            throw new DataException(
                    file,
                    "states " + header.width + " x " + header.height + " pixels, expected 1 to " + MAX_SIZE
                            + " on each side",
                    SHORT);
        }
        return header;
    }

    private record Walk(Path file, byte[] bytes) {

        boolean startsWith(int... signature) {
            for (int i = 0; i < signature.length; i++) {
                if (i >= bytes.length || (bytes[i] & 0xFF) != signature[i]) {
                    return false;
                }
            }
            return true;
        }

        int at(long position, String what) {
            if (position >= bytes.length || position < 0) {
                throw new DataException(
                        file, "is cut short: it ends after " + bytes.length + " bytes, before " + what, SHORT);
            }
            return bytes[(int) position] & 0xFF;
        }

        int bigEndian(long position, int count, String what) {
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
        ImageHeader jpeg() {
            String end = "the end-of-image marker of a JPEG";
            int width = 0;
            int height = 0;
            int channels = 0;
            int position = 2;
            while (true) {
                while (at(position, end) != 0xFF || at(position + 1, end) == 0x00 || at(position + 1, end) == 0xFF) {
                    position++;
                }
                int marker = at(position + 1, end);
                position += 2;
                if (marker == 0xD9) {
                    return new ImageHeader("jpeg", width, height, channels);
                }
                if (marker >= 0xD0 && marker <= 0xD8 || marker == 0x01) {
                    continue;
                }
                if (marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC) {
                    height = bigEndian(position + 3, 2, end);
                    width = bigEndian(position + 5, 2, end);
                    channels = at(position + 7, end);
                }
                position += Math.max(2, bigEndian(position, 2, end));
            }
        }

        ImageHeader png() {
            String end = "the IEND chunk of a PNG";
            int[] channels = {1, 0, 3, 3, 2, 0, 4}; // by color type (PNG specification, 11.2.2)
            ImageHeader header = new ImageHeader(
                    "png", bigEndian(16, 4, end), bigEndian(20, 4, end), channels[Math.min(6, at(25, end))]);
            long position = 8;
            while (true) {
                long length = bigEndian(position, 4, end) & 0xFFFF_FFFFL;
                boolean last = bigEndian(position + 4, 4, end) == 0x49454E44;
                position += 12 + length;
                at(position - 1, end);
                if (last) {
                    return header;
                }
            }
        }

        ImageHeader bmp() {
            String end = "the last row of a BMP";
            int width = littleEndian(18, 4, end);
            int height = Math.abs(littleEndian(22, 4, end));
            int bits = littleEndian(28, 2, end);
            if (littleEndian(30, 4, end) == 0 && width > 0 && height > 0) {
                long row = ((long) width * bits + 31) / 32 * 4;
                at((littleEndian(10, 4, end) & 0xFFFF_FFFFL) + row * height - 1, end);
            }
            return new ImageHeader("bmp", width, height, bits == 32 ? 4 : 3);
        }
    }
}
