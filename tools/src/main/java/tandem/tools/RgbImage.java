package tandem.tools;

import java.awt.image.BufferedImage;
import tandem.model.data.DecodedImage;

/** Decoded pixels as an image to draw on. */
public final class RgbImage {

    private RgbImage() {}

    /** The same pixels. */
    public static BufferedImage of(DecodedImage image) {
        BufferedImage result = new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
        byte[] rgb = image.rgb();
        int[] row = new int[image.width()];
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < row.length; x++) {
                int at = 3 * (y * row.length + x);
                row[x] = (rgb[at] & 0xff) << 16 | (rgb[at + 1] & 0xff) << 8 | rgb[at + 2] & 0xff;
            }
            result.setRGB(0, y, row.length, 1, row, 0, row.length);
        }
        return result;
    }
}
