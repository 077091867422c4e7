package tandem.model.data;

import java.awt.Point;
import java.awt.Transparency;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ComponentColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.PixelInterleavedSampleModel;
import java.awt.image.Raster;
import java.awt.image.WritableRaster;
import java.io.IOException;
import javax.imageio.ImageReader;

/**
 * Images in inks: CMYK and YCCK. Each color is the light that its ink and black leave, r = (1 - c)(1 - k), as in
 * Pillow, OpenCV and browsers without color management. Color profiles are not used: which profiles there are depends
 * on the machine, and a network must see the same pixels on all.
 */
final class InkRows {

    private InkRows() {}

    /** Whether a JPEG file has four channels in inks. */
    static boolean isInk(ImageHeader header) {
        return header.format() == ImageFormat.JPEG && header.channels() == 4;
    }

    /**
     * Decodes a JPEG file.
     *
     * @param reader has the file as input
     */
    static BufferedImage jpeg(ImageReader reader, byte[] bytes) throws IOException {
        int adobe = adobeTransform(bytes);
        return rgb(reader.readRaster(0, null), adobe >= 0, adobe == 2);
    }

    /** The color transform of Adobe's segment, or -1 without it: 0 for CMYK, 2 for YCCK. */
    private static int adobeTransform(byte[] bytes) {
        int position = 2;
        while (position + 16 < bytes.length
                && (bytes[position] & 0xFF) == 0xFF
                && (bytes[position + 1] & 0xFF) != 0xDA) {
            boolean adobe = (bytes[position + 1] & 0xFF) == 0xEE
                    && bytes[position + 4] == 'A'
                    && bytes[position + 5] == 'd'
                    && bytes[position + 6] == 'o'
                    && bytes[position + 7] == 'b'
                    && bytes[position + 8] == 'e';
            if (adobe) {
                return bytes[position + 15] & 0xFF;
            }
            position += 2 + ((bytes[position + 2] & 0xFF) << 8 | bytes[position + 3] & 0xFF);
        }
        return -1;
    }

    /**
     * The RGB image of four bands.
     *
     * @param inverted whether 255 means no ink, as Adobe stores it
     * @param luma whether the first three bands are Y, Cb and Cr of the stored C, M and Y (ITU-T T.872)
     */
    private static BufferedImage rgb(Raster inks, boolean inverted, boolean luma) {
        int width = inks.getWidth();
        int height = inks.getHeight();
        WritableRaster raster = Raster.createWritableRaster(
                new PixelInterleavedSampleModel(DataBuffer.TYPE_BYTE, width, height, 3, 3 * width, new int[] {0, 1, 2}),
                new Point());
        int[] row = new int[4 * width];
        byte[] line = new byte[3 * width];
        for (int y = 0; y < height; y++) {
            inks.getPixels(inks.getMinX(), inks.getMinY() + y, width, 1, row);
            for (int x = 0; x < width; x++) {
                int a = row[4 * x];
                int b = row[4 * x + 1];
                int c = row[4 * x + 2];
                int black = inverted ? row[4 * x + 3] : 255 - row[4 * x + 3];
                if (luma) {
                    double cb = b - 128;
                    double cr = c - 128;
                    b = clip(a - 0.344136 * cb - 0.714136 * cr);
                    c = clip(a + 1.772 * cb);
                    a = clip(a + 1.402 * cr);
                    // The transform gives the complement of the stored inks.
                    a = 255 - a;
                    b = 255 - b;
                    c = 255 - c;
                }
                line[3 * x] = light(inverted ? a : 255 - a, black);
                line[3 * x + 1] = light(inverted ? b : 255 - b, black);
                line[3 * x + 2] = light(inverted ? c : 255 - c, black);
            }
            raster.setDataElements(0, y, width, 1, line);
        }
        ComponentColorModel model = new ComponentColorModel(
                ColorSpace.getInstance(ColorSpace.CS_sRGB), false, false, Transparency.OPAQUE, DataBuffer.TYPE_BYTE);
        return new BufferedImage(model, raster, false, null);
    }

    private static int clip(double value) {
        return (int) Math.max(0, Math.min(255, Math.rint(value)));
    }

    private static byte light(int color, int black) {
        return (byte) ((color * black + 127) / 255);
    }
}
