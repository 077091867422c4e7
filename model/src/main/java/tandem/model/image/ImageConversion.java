package tandem.model.image;

/**
 * How stored images become the pixels that a network reads. It belongs to the network: training and every use of the
 * network convert images in the same way.
 *
 * @param maxPixels larger images are downscaled, see {@link Downscale}
 * @param sampleBits bits that samples of 16 bits use, 8 to 16: a camera of 12 bits stores values up to 4095, which
 *     become 0 to 255; larger values become 255
 * @param placement where an image lies on the network's input
 */
public record ImageConversion(int maxPixels, int sampleBits, Placement placement) {

    /** The bits of a sample of 16 bits that uses them all. */
    public static final int FULL_BITS = 16;

    /** Rejects numbers outside their range. */
    public ImageConversion {
        if (maxPixels < 1) {
            throw new IllegalArgumentException("the maximum number of pixels must be at least 1, not " + maxPixels);
        }
        if (sampleBits < 8 || sampleBits > FULL_BITS) {
            throw new IllegalArgumentException("samples of 16 bits use 8 to 16 of them, not " + sampleBits);
        }
    }

    /** Stretched images, whose samples of 16 bits use all of them. */
    public static ImageConversion of(int maxPixels) {
        return new ImageConversion(maxPixels, FULL_BITS, Placement.STRETCH);
    }

    /** Whether the pixels in memory are the same. */
    public boolean decodesAs(ImageConversion other) {
        return sampleBits == other.sampleBits
                && isInParts() == other.isInParts()
                && (isInParts() || maxPixels == other.maxPixels);
    }

    /** Whether training reads parts of images, which stay at full size. */
    public boolean isInParts() {
        return placement instanceof Placement.Part;
    }

    /** Pixels of what the network reads of an image of this size. */
    public int pixels(int width, int height) {
        return placement instanceof Placement.Part part
                ? Math.min(width, part.size().width())
                        * Math.min(height, part.size().height())
                : size(width, height).pixels();
    }

    /** The size of an image after downscaling; an image that is read in parts is not downscaled. */
    public Downscale size(int width, int height) {
        return isInParts() ? new Downscale(width, height, 1) : Downscale.of(width, height, maxPixels);
    }
}
