package tandem.tools.serve;

import java.awt.Color;
import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.DataBufferByte;
import java.awt.image.IndexColorModel;
import tandem.model.figure.ClassColors;
import tandem.model.figure.ImageFiles;

/** A mask as an image to lay over the frame: the background transparent, regions tinted, their edges opaque. */
final class MaskLayer {

    private static final int TINT = 110;
    private static final int EDGE = 255;

    private final int classes;
    private final IndexColorModel palette;

    /** @param classes number of mask classes without the background */
    MaskLayer(ClassColors colors, int classes) {
        this.classes = classes;
        int[] entries = new int[256];
        for (int value = 1; value <= classes; value++) {
            entries[value] = argb(colors.mask(value), TINT);
            if (hasEdges()) {
                entries[classes + value] = argb(colors.mask(value), EDGE);
            }
        }
        palette = new IndexColorModel(8, 256, entries, 0, true, 0, DataBuffer.TYPE_BYTE);
    }

    private boolean hasEdges() {
        return 2 * classes < 256;
    }

    private static int argb(Color color, int alpha) {
        return alpha << 24 | color.getRGB() & 0xffffff;
    }

    /**
     * A PNG file.
     *
     * @param mask (height, width) class of each pixel
     */
    byte[] png(byte[] mask, int width, int height) {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_BYTE_INDEXED, palette);
        byte[] indices = ((DataBufferByte) image.getRaster().getDataBuffer()).getData();
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                int at = y * width + x;
                int value = mask[at] & 0xff;
                boolean edge = value > 0 && hasEdges() && isEdge(mask, width, height, x, y);
                indices[at] = (byte) (edge ? classes + value : value);
            }
        }
        return ImageFiles.png(image);
    }

    private static boolean isEdge(byte[] mask, int width, int height, int x, int y) {
        int at = y * width + x;
        byte value = mask[at];
        return x > 0 && mask[at - 1] != value
                || x + 1 < width && mask[at + 1] != value
                || y > 0 && mask[at - width] != value
                || y + 1 < height && mask[at + width] != value;
    }
}
