package tandem.model.image;

/**
 * The rule for images with more pixels than a network's limit: they are downscaled by the smallest integer factor with
 * which they fit. Each remaining pixel is the mean of a square of original pixels, see {@link BlockAverage}; in the
 * last column and row a square may have fewer.
 *
 * @param sourceWidth original columns
 * @param sourceHeight original rows
 * @param factor size of the squares in original pixels; 1 does not change the image
 */
public record Downscale(int sourceWidth, int sourceHeight, int factor) {

    // Written out, as what the JVM generates for records takes milliseconds at the start of a process.
    @Override
    public boolean equals(Object other) {
        return other instanceof Downscale that
                && sourceWidth == that.sourceWidth
                && sourceHeight == that.sourceHeight
                && factor == that.factor;
    }

    @Override
    public int hashCode() {
        return (sourceWidth * 31 + sourceHeight) * 31 + factor;
    }

    /**
     * The rule for an image of this size.
     *
     * @param maxPixels the network's limit, at least 1
     */
    public static Downscale of(int width, int height, int maxPixels) {
        if (maxPixels < 1) {
            throw new IllegalArgumentException("the maximum number of pixels must be at least 1, not " + maxPixels);
        }
        int factor = 1;
        while ((long) size(width, factor) * size(height, factor) > maxPixels) {
            factor++;
        }
        return new Downscale(width, height, factor);
    }

    private static int size(int size, int factor) {
        return (size + factor - 1) / factor;
    }

    /** Columns after downscaling. */
    public int width() {
        return size(sourceWidth, factor);
    }

    /** Rows after downscaling. */
    public int height() {
        return size(sourceHeight, factor);
    }

    /** Pixels after downscaling. */
    public int pixels() {
        return Math.multiplyExact(width(), height());
    }

    /** Width of the content in downscaled pixels: original columns divided by the factor. */
    public float contentWidth() {
        return (float) sourceWidth / factor;
    }

    /** Height of the content in downscaled pixels: original rows divided by the factor. */
    public float contentHeight() {
        return (float) sourceHeight / factor;
    }

    /**
     * The class in the middle of each square.
     *
     * @param mask (sourceHeight, sourceWidth) class of each original pixel
     * @return (height, width); {@code mask} itself for a factor of 1
     */
    public byte[] mask(byte[] mask) {
        if (factor == 1) {
            return mask;
        }
        int width = width();
        int height = height();
        byte[] small = new byte[width * height];
        for (int y = 0; y < height; y++) {
            int row = (y * factor + Math.min(sourceHeight, (y + 1) * factor)) / 2 * sourceWidth;
            for (int x = 0; x < width; x++) {
                small[y * width + x] = mask[row + (x * factor + Math.min(sourceWidth, (x + 1) * factor)) / 2];
            }
        }
        return small;
    }
}
