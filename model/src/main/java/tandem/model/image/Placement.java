package tandem.model.image;

/**
 * Where an image lies on the network's input: always at its upper left. It is described by the <em>extent</em>: the
 * image pixels that the input covers, at least those of the image. A box at the fraction u of the input is at the pixel
 * u times the extent.
 */
public sealed interface Placement {

    /** {@link Fit#STRETCH}. */
    Placement STRETCH = new Stretch();

    /** The extent for an image of this size, in pixels of the image. */
    PixelSize extent(int width, int height);

    /** The input covers exactly the image. */
    record Stretch() implements Placement {
        @Override
        public PixelSize extent(int width, int height) {
            return new PixelSize(width, height);
        }
    }

    /**
     * The image is scaled by one factor. The extent is rounded to whole pixels, so that the factors of columns and rows
     * differ by at most half a pixel in an extent.
     *
     * @param input size of the input
     */
    record Letterbox(PixelSize input) implements Placement {
        @Override
        public PixelSize extent(int width, int height) {
            long wide = (long) width * input.height();
            long high = (long) height * input.width();
            return wide >= high
                    ? new PixelSize(width, Math.max(height, rounded(wide, input.width())))
                    : new PixelSize(Math.max(width, rounded(high, input.height())), height);
        }

        private static int rounded(long numerator, int denominator) {
            return Math.toIntExact((2 * numerator + denominator) / (2L * denominator));
        }
    }

    /**
     * The input covers a constant number of pixels: images are parts of larger ones, or not larger than that.
     *
     * @param size the extent
     */
    record Part(PixelSize size) implements Placement {
        @Override
        public PixelSize extent(int width, int height) {
            if (width > size.width() || height > size.height()) {
                throw new IllegalArgumentException("an image of " + width + " x " + height
                        + " pixels as a whole, for a network that was trained on crops of " + size.width() + " x "
                        + size.height() + ": divide it into tiles");
            }
            return size;
        }
    }

    /** The placement of a network that reads whole images. */
    static Placement of(Fit fit, PixelSize input) {
        return fit == Fit.STRETCH ? STRETCH : new Letterbox(input);
    }
}
