package tandem.model.data;

import tandem.model.image.BlockAverage;
import tandem.model.image.Downscale;
import tandem.model.image.PixelSize;
import tandem.model.image.Placement;
import tandem.model.image.RgbRows;

/**
 * An image's pixels in memory.
 *
 * @param width columns of the decoded image
 * @param height rows of the decoded image
 * @param factor size of the square of original pixels that one decoded pixel averages; fewer in the last column and row
 * @param contentWidth original columns divided by {@code factor}: width of the content in decoded pixels
 * @param contentHeight original rows divided by {@code factor}
 * @param rgb (height, width, 3) bytes, red first
 * @param mask (height, width) class of each decoded pixel, or null when the image has no mask
 */
public record DecodedImage(
        int width, int height, int factor, float contentWidth, float contentHeight, byte[] rgb, byte[] mask) {

    static DecodedImage of(Downscale size, byte[] rgb, byte[] mask) {
        return new DecodedImage(
                size.width(), size.height(), size.factor(), size.contentWidth(), size.contentHeight(), rgb, mask);
    }

    /** (height, width, 3) bytes of an image from its rows. */
    static byte[] rgb(Downscale size, RgbRows rows) {
        int bytes = 3 * size.width();
        byte[] rgb = new byte[Math.multiplyExact(bytes, size.height())];
        if (size.factor() == 1) {
            for (int y = 0; y < size.height(); y++) {
                rows.read(y, rgb, y * bytes);
            }
            return rgb;
        }
        byte[] row = new byte[3 * size.sourceWidth()];
        BlockAverage average = new BlockAverage(size, 3);
        for (int y = 0, at = 0; y < size.sourceHeight(); y++) {
            rows.read(y, row, 0);
            if (average.add(row, 0)) {
                System.arraycopy(average.row(), 0, rgb, at, bytes);
                at += bytes;
            }
        }
        return rgb;
    }

    /**
     * This image downscaled for a network with a limit of pixels; the image itself when it is within the limit.
     *
     * @throws IllegalStateException when it is not at full size
     */
    public DecodedImage within(int maxPixels) {
        if (width * height <= maxPixels) {
            return this;
        }
        if (factor != 1) {
            throw new IllegalStateException("the image was made smaller before, by a factor of " + factor);
        }
        Downscale size = Downscale.of(width, height, maxPixels);
        return of(size, rgb(size, rows()), mask == null ? null : size.mask(mask));
    }

    /** Its rows. */
    public RgbRows rows() {
        return (y, target, at) -> System.arraycopy(rgb, 3 * width * y, target, at, 3 * width);
    }

    /** The extent of a placement on the network's input, in decoded pixels; see {@link Placement}. */
    public Extent extent(Placement placement) {
        PixelSize original = placement.extent(Math.round(contentWidth * factor), Math.round(contentHeight * factor));
        return new Extent((float) original.width() / factor, (float) original.height() / factor);
    }

    /**
     * An extent in decoded pixels.
     *
     * @param width columns
     * @param height rows
     */
    public record Extent(float width, float height) {}

    /** The same image with another mask, or with none. */
    public DecodedImage withMask(byte[] mask) {
        return new DecodedImage(width, height, factor, contentWidth, contentHeight, rgb, mask);
    }

    /** Its size in bytes. */
    public long bytes() {
        return rgb.length + (mask == null ? 0 : mask.length);
    }
}
