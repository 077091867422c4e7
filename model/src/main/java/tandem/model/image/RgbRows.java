package tandem.model.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The rows of an image of any type as RGB bytes. This is the only conversion. Samples are used as stored:
 *
 * <ul>
 *   <li>Gray is repeated three times. Of 9 to 16 bits the upper 8 of those in use are taken; fewer than 8 bits are
 *       scaled to 0..255. {@link BufferedImage#getRGB} is not used for gray: Java takes gray samples for linear light
 *       and returns 188 for 16-bit gray of half intensity.
 *   <li>Palettes and colors are what {@link BufferedImage#getRGB} returns: 5 and 6 bits are scaled to 0..255, 16 bits
 *       divided by 257 (or by the 255th part of the largest value of the bits in use), both rounded; a color space
 *       other than sRGB is converted to it.
 *   <li>An alpha channel is dropped, not composited: a transparent pixel keeps its color. Where colors are stored
 *       multiplied by alpha they are divided by it, and are 0 where alpha is 0.
 *   <li>Floating-point samples of gray and sRGB are taken as 0..1, clipped, times 255, rounded; signed 16-bit ones as
 *       0..32767.
 * </ul>
 */
@FunctionalInterface
public interface RgbRows {

    /**
     * Writes row {@code y}: width times 3 bytes, red first.
     *
     * @param rgb receives the row from index {@code at}
     */
    void read(int y, byte[] rgb, int at);

    /** The rows of {@code image}, whose samples of 16 bits use all of them. */
    static RgbRows of(BufferedImage image) {
        return of(image, ImageConversion.FULL_BITS);
    }

    /**
     * The rows of {@code image}. They may share memory for one row, so one thread reads them.
     *
     * @param sampleBits bits that samples of 16 bits use, see {@link ImageConversion#sampleBits}
     */
    static RgbRows of(BufferedImage image, int sampleBits) {
        Raster raster = image.getRaster();
        ColorModel model = image.getColorModel();
        int width = image.getWidth();
        if (model instanceof IndexColorModel) {
            return colors(image, width);
        }
        boolean gray = model.getColorSpace().getType() == ColorSpace.TYPE_GRAY;
        if (!gray && !model.getColorSpace().isCS_sRGB()) {
            return colors(image, width);
        }
        if (gray && model.isAlphaPremultiplied() && model.hasAlpha() || !isUnsigned(raster, gray)) {
            return new NormalizedRows(raster, model, gray);
        }
        if (gray) {
            int bits = Math.min(raster.getSampleModel().getSampleSize(0), model.getComponentSize(0));
            return gray(raster, width, bits == ImageConversion.FULL_BITS ? sampleBits : bits);
        }
        if (raster.getTransferType() == DataBuffer.TYPE_USHORT
                && model instanceof ComponentColorModel
                && sampleBits < ImageConversion.FULL_BITS
                && !(model.hasAlpha() && model.isAlphaPremultiplied())) {
            return scaled(raster, width, sampleBits);
        }
        if (image.getType() == BufferedImage.TYPE_3BYTE_BGR
                && raster.getDataBuffer() instanceof DataBufferByte data
                && data.getData().length == 3 * width * image.getHeight()) {
            return blueGreenRed(data.getData(), width);
        }
        return switch (image.getType()) {
            case BufferedImage.TYPE_INT_RGB, BufferedImage.TYPE_INT_ARGB -> packed(raster, width, 16, 0);
            case BufferedImage.TYPE_INT_BGR -> packed(raster, width, 0, 16);
            default -> isRgbBytes(model) ? interleaved(raster, width) : colors(image, width);
        };
    }

    private static boolean isUnsigned(Raster raster, boolean gray) {
        int type = raster.getTransferType();
        return type == DataBuffer.TYPE_BYTE || type == DataBuffer.TYPE_USHORT || type == DataBuffer.TYPE_INT && !gray;
    }

    private static boolean isRgbBytes(ColorModel model) {
        return model instanceof ComponentColorModel
                && model.getTransferType() == DataBuffer.TYPE_BYTE
                && model.getComponentSize(0) == 8
                && model.getComponentSize(1) == 8
                && model.getComponentSize(2) == 8
                && !(model.hasAlpha() && model.isAlphaPremultiplied());
    }

    private static RgbRows gray(Raster raster, int width, int bits) {
        int[] row = new int[width];
        int shift = Math.max(0, bits - 8);
        int max = (1 << bits) - 1;
        return (y, rgb, at) -> {
            raster.getSamples(0, y, width, 1, 0, row);
            for (int x = 0, o = at; x < width; x++, o += 3) {
                byte value = (byte) (bits < 8 ? (row[x] * 510 + max) / (2 * max) : Math.min(row[x], max) >> shift);
                rgb[o] = value;
                rgb[o + 1] = value;
                rgb[o + 2] = value;
            }
        };
    }

    private static RgbRows scaled(Raster raster, int width, int bits) {
        int bands = raster.getNumBands();
        int[] row = new int[bands * width];
        int max = (1 << bits) - 1;
        return (y, rgb, at) -> {
            raster.getPixels(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                for (int color = 0; color < 3; color++) {
                    rgb[at + 3 * x + color] = (byte) ((Math.min(row[bands * x + color], max) * 255 + max / 2) / max);
                }
            }
        };
    }

    private static RgbRows blueGreenRed(byte[] bgr, int width) {
        return (y, rgb, at) -> {
            int from = 3 * width * y;
            for (int i = 0; i < 3 * width; i += 3) {
                rgb[at + i] = bgr[from + i + 2];
                rgb[at + i + 1] = bgr[from + i + 1];
                rgb[at + i + 2] = bgr[from + i];
            }
        };
    }

    private static RgbRows interleaved(Raster raster, int width) {
        int bands = raster.getNumBands();
        byte[] row = new byte[bands * width];
        return (y, rgb, at) -> {
            raster.getDataElements(0, y, width, 1, row);
            for (int x = 0; x < width; x++) {
                rgb[at + 3 * x] = row[bands * x];
                rgb[at + 3 * x + 1] = row[bands * x + 1];
                rgb[at + 3 * x + 2] = row[bands * x + 2];
            }
        };
    }

    private static RgbRows packed(Raster raster, int width, int red, int blue) {
        int[] row = new int[width];
        return (y, rgb, at) -> {
            raster.getDataElements(0, y, width, 1, row);
            unpack(row, rgb, at, red, blue);
        };
    }

    private static RgbRows colors(BufferedImage image, int width) {
        int[] row = new int[width];
        return (y, rgb, at) -> {
            image.getRGB(0, y, width, 1, row, 0, width);
            unpack(row, rgb, at, 16, 0);
        };
    }

    private static void unpack(int[] row, byte[] rgb, int at, int red, int blue) {
        for (int x = 0, o = at; x < row.length; x++, o += 3) {
            rgb[o] = (byte) (row[x] >> red);
            rgb[o + 1] = (byte) (row[x] >> 8);
            rgb[o + 2] = (byte) (row[x] >> blue);
        }
    }
}
