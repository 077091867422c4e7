package tandem.model.figure;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Class masks as PNG files with a palette, the form of VOC's masks: a pixel's index is its class; its color is for
 * display.
 */
public final class MaskPng {

    private MaskPng() {}

    /**
     * The color of a class in VOC's palette: the bits of the index, lowest first, are assigned to red, green and blue
     * in turn, from the highest bit of each down (VOC development kit).
     *
     * @return 0xRRGGBB
     */
    public static int vocColor(int index) {
        int color = 0;
        for (int bit = 0; bit < 8; bit++) {
            int channel = 2 - bit % 3;
            color |= (index >> bit & 1) << 7 - bit / 3 << 8 * channel;
        }
        return color;
    }

    /**
     * The mask as an indexed image of 256 VOC colors.
     *
     * @param mask class of each pixel, (height, width), unsigned
     */
    public static BufferedImage image(byte[] mask, int width, int height) {
        if (mask.length != (long) width * height) {
            throw new IllegalArgumentException(
                    "mask of %d x %d pixels has %d bytes".formatted(width, height, mask.length));
        }
        int[] palette = new int[256];
        for (int i = 0; i < palette.length; i++) {
            palette[i] = vocColor(i);
        }
        IndexColorModel model = new IndexColorModel(8, 256, palette, 0, false, -1, DataBuffer.TYPE_BYTE);
        return new BufferedImage(
                model,
                Raster.createInterleavedRaster(
                        new DataBufferByte(mask.clone(), mask.length), width, height, width, 1, new int[] {0}, null),
                false,
                null);
    }

    /** Writes the mask; every value from 0 to 255 is preserved. */
    public static void write(Path file, byte[] mask, int width, int height) throws IOException {
        ImageFiles.writePng(file, image(mask, width, height));
    }
}
