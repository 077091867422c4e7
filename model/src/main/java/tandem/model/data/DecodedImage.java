package tandem.model.data;

/**
 * An image's pixels in memory.
 *
 * @param width columns kept
 * @param height rows kept
 * @param factor side of the square of original pixels that one kept pixel is the average of; the last column and row
 *     may stand for fewer
 * @param contentWidth original columns divided by {@code factor}: how far the picture reaches in kept pixels
 * @param contentHeight original rows divided by {@code factor}
 * @param rgb (height, width, 3) bytes, red first
 * @param mask (height, width) class of each kept pixel, or null when the image has no mask
 */
public record DecodedImage(
        int width, int height, int factor, float contentWidth, float contentHeight, byte[] rgb, byte[] mask) {

    /** The same picture with another mask, or with none. */
    public DecodedImage withMask(byte[] mask) {
        return new DecodedImage(width, height, factor, contentWidth, contentHeight, rgb, mask);
    }

    /** Bytes of memory it takes. */
    public long bytes() {
        return rgb.length + (mask == null ? 0 : mask.length);
    }
}
