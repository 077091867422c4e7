package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.zip.CRC32;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriter;
import javax.imageio.stream.MemoryCacheImageOutputStream;

/** Image files in formats and with metadata that ImageIO does not write, byte by byte from the specifications. */
public final class EncodedImages {

    private static final String LOSSY_WEBP =
            "UklGRnwAAABXRUJQVlA4WAoAAAAQAAAAEgAADAAAQUxQSBIAAAAFUNq2AdP/X560rDQiJqAc4iJWUDggRAAAABADAJ0BKhMA"
                    + "DQAu+ZzOZycvLy8PAPhLYATplAA1MPQHQAD+7tz1HtACZUQAyrI6i8L4tt7Zj8PwKNZDbXXaq8XDgAAA";

    private EncodedImages() {}

    /** A lossy WebP file of 19 x 13 pixels with an alpha channel, written by libwebp. */
    public static byte[] lossyWebp() {
        return Base64.getDecoder().decode(LOSSY_WEBP);
    }

    /** A file in a format that ImageIO writes. */
    public static byte[] encode(BufferedImage image, String format) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        if (!ImageIO.write(image, format, bytes)) {
            throw new IOException("no writer for " + format);
        }
        return bytes.toByteArray();
    }

    /** EXIF metadata with an orientation: a TIFF header and one entry (CIPA DC-008). */
    public static byte[] exif(int orientation) {
        return ByteBuffer.allocate(26)
                .order(ByteOrder.BIG_ENDIAN)
                .put(new byte[] {'M', 'M', 0, 42})
                .putInt(8)
                .putShort((short) 1)
                .putShort((short) 0x0112)
                .putShort((short) 3)
                .putInt(1)
                .putShort((short) orientation)
                .putShort((short) 0)
                .putInt(0)
                .array();
    }

    /**
     * A TIFF file of one row of gray samples of 32 bits (TIFF 6.0).
     *
     * @param format of the samples: 1 unsigned integers, 3 floating-point
     * @param bits the samples
     */
    public static byte[] tiffOf32Bits(int format, int... bits) {
        int[][] entries = {
            {256, bits.length},
            {257, 1},
            {258, 32},
            {259, 1},
            {262, 1},
            {273, 0},
            {277, 1},
            {278, 1},
            {279, 4 * bits.length},
            {339, format}
        };
        int samples = 8 + 2 + 12 * entries.length + 4;
        ByteBuffer file = ByteBuffer.allocate(samples + 4 * bits.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(new byte[] {'I', 'I', 42, 0})
                .putInt(8)
                .putShort((short) entries.length);
        for (int[] entry : entries) {
            file.putShort((short) entry[0]).putShort((short) 4).putInt(1).putInt(entry[0] == 273 ? samples : entry[1]);
        }
        file.putInt(0);
        for (int sample : bits) {
            file.putInt(sample);
        }
        return file.array();
    }

    /** A JPEG file with another segment before all others. */
    public static byte[] withSegment(byte[] jpeg, int marker, byte[] content) {
        return ByteBuffer.allocate(jpeg.length + 4 + content.length)
                .put(jpeg, 0, 2)
                .put((byte) 0xFF)
                .put((byte) marker)
                .putShort((short) (2 + content.length))
                .put(content)
                .put(jpeg, 2, jpeg.length - 2)
                .array();
    }

    /** A JPEG file with EXIF metadata. */
    public static byte[] jpegWithExif(byte[] jpeg, int orientation) {
        byte[] exif = exif(orientation);
        return withSegment(
                jpeg,
                0xE1,
                ByteBuffer.allocate(6 + exif.length)
                        .put(new byte[] {'E', 'x', 'i', 'f', 0, 0})
                        .put(exif)
                        .array());
    }

    /** A PNG file with the chunk eXIf before its end. */
    public static byte[] pngWithExif(byte[] png, int orientation) {
        byte[] exif = exif(orientation);
        CRC32 crc = new CRC32();
        crc.update(new byte[] {'e', 'X', 'I', 'f'});
        crc.update(exif);
        return ByteBuffer.allocate(png.length + 12 + exif.length)
                .put(png, 0, png.length - 12)
                .putInt(exif.length)
                .put(new byte[] {'e', 'X', 'I', 'f'})
                .put(exif)
                .putInt((int) crc.getValue())
                .put(png, png.length - 12, 12)
                .array();
    }

    /**
     * A JPEG file of four channels as stored.
     *
     * @param transform of Adobe's segment: 0 for CMYK, 2 for YCCK; -1 for no such segment
     */
    public static byte[] inks(Raster raster, int transform) throws IOException {
        ImageWriter writer = ImageIO.getImageWritersByFormatName("jpeg").next();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (MemoryCacheImageOutputStream stream = new MemoryCacheImageOutputStream(bytes)) {
            writer.setOutput(stream);
            writer.write(new IIOImage(raster, null, null));
        } finally {
            writer.dispose();
        }
        byte[] adobe = {'A', 'd', 'o', 'b', 'e', 0, 100, 0, 0, 0, 0, (byte) transform};
        return transform < 0 ? bytes.toByteArray() : withSegment(bytes.toByteArray(), 0xEE, adobe);
    }

    /**
     * A lossless WebP file of one color: each prefix code has one symbol, so that pixels need no bits (RFC 9649,
     * sections 3.4 to 3.7).
     *
     * @param orientation of its EXIF chunk; 0 for none
     */
    public static byte[] webp(int width, int height, int red, int green, int blue, int orientation) {
        ByteBuffer image = ByteBuffer.allocate(32).order(ByteOrder.LITTLE_ENDIAN);
        image.put((byte) 0x2F);
        long[] bits = new long[2];
        int at = 0;
        int[][] fields = {
            {width - 1, 14},
            {height - 1, 14},
            {0, 1},
            {0, 3}, // size, no alpha, version
            {0, 1},
            {0, 1},
            {0, 1}, // no transform, no color cache, one group of codes
            {0b101, 3},
            {green, 8},
            {0b101, 3},
            {red, 8},
            {0b101, 3},
            {blue, 8},
            {0b101, 3},
            {255, 8},
            {0b001, 3},
            {0, 1}
        };
        for (int[] field : fields) {
            for (int i = 0; i < field[1]; i++, at++) {
                bits[at / 64] |= (long) (field[0] >> i & 1) << at % 64;
            }
        }
        image.putLong(bits[0]).putLong(bits[1]);
        byte[] lossless = java.util.Arrays.copyOf(image.array(), 18);
        byte[] exif = orientation == 0 ? new byte[0] : exif(orientation);
        int extra = orientation == 0 ? 0 : 18 + 8 + exif.length;
        ByteBuffer file = ByteBuffer.allocate(12 + 8 + lossless.length + extra).order(ByteOrder.LITTLE_ENDIAN);
        file.put(new byte[] {'R', 'I', 'F', 'F'}).putInt(file.capacity() - 8).put(new byte[] {'W', 'E', 'B', 'P'});
        if (orientation != 0) {
            file.put(new byte[] {'V', 'P', '8', 'X'}).putInt(10).putInt(8);
            for (int size : new int[] {width - 1, height - 1}) {
                file.put((byte) size).put((byte) (size >> 8)).put((byte) (size >> 16));
            }
        }
        file.put(new byte[] {'V', 'P', '8', 'L'}).putInt(lossless.length).put(lossless);
        if (orientation != 0) {
            file.put(new byte[] {'E', 'X', 'I', 'F'}).putInt(exif.length).put(exif);
        }
        return file.array();
    }
}
