package tandem.model.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.WritableRaster;

/** The first frame of a GIF on its screen: a frame may be smaller than the image, at any place in it. */
final class GifFrame {

    private GifFrame() {}

    /** The image of the size of the screen; {@code frame} itself when it has that size. */
    static BufferedImage onScreen(BufferedImage frame, byte[] bytes, ImageHeader header) {
        if (frame.getWidth() == header.width() && frame.getHeight() == header.height()) {
            return frame;
        }
        int descriptor = descriptor(bytes);
        int left = word(bytes, descriptor + 1);
        int top = word(bytes, descriptor + 3);
        int columns = Math.min(frame.getWidth(), header.width() - left);
        int rows = Math.min(frame.getHeight(), header.height() - top);
        boolean table = (bytes[10] & 0x80) != 0;
        int color = 13 + 3 * (bytes[11] & 0xFF);
        int background = table && color + 2 < bytes.length
                ? (bytes[color] & 0xFF) << 16 | (bytes[color + 1] & 0xFF) << 8 | bytes[color + 2] & 0xFF
                : 0;
        BufferedImage screen = new BufferedImage(header.width(), header.height(), BufferedImage.TYPE_INT_RGB);
        WritableRaster raster = screen.getRaster();
        for (int y = 0; y < header.height(); y++) {
            for (int x = 0; x < header.width(); x++) {
                boolean inside = x >= left && y >= top && x < left + columns && y < top + rows;
                int rgb = inside ? color(frame, x - left, y - top) : background;
                raster.setDataElements(x, y, new int[] {rgb & 0xFFFFFF});
            }
        }
        return screen;
    }

    private static int color(BufferedImage frame, int x, int y) {
        return frame.getColorModel() instanceof IndexColorModel model
                ? model.getRGB(frame.getRaster().getSample(x, y, 0))
                : frame.getRGB(x, y);
    }

    /** Position of the first image descriptor; the header was checked before. */
    private static int descriptor(byte[] bytes) {
        int position = 13 + ((bytes[10] & 0x80) == 0 ? 0 : 3 << (bytes[10] & 7) + 1);
        while ((bytes[position] & 0xFF) == 0x21) {
            position += 2;
            while (bytes[position] != 0) {
                position += 1 + (bytes[position] & 0xFF);
            }
            position++;
        }
        return position;
    }

    private static int word(byte[] bytes, int at) {
        return bytes[at] & 0xFF | (bytes[at + 1] & 0xFF) << 8;
    }
}
