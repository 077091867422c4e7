package tandem.model.augment;

import tandem.model.data.DecodedImage;
import tandem.model.data.MaskFile;

/**
 * Bounds of the classes other than background in a mask. Bounds are pixel indices, inclusive.
 *
 * @param image the image with the mask
 */
record Foreground(DecodedImage image, int left, int upper, int right, int lower) {

    static Foreground of(DecodedImage image) {
        int left = image.width();
        int upper = image.height();
        int right = -1;
        int lower = -1;
        byte[] mask = image.mask();
        for (int y = 0; y < image.height(); y++) {
            for (int x = 0; x < image.width(); x++) {
                if (is(mask[y * image.width() + x])) {
                    left = Math.min(left, x);
                    right = Math.max(right, x);
                    upper = Math.min(upper, y);
                    lower = y;
                }
            }
        }
        return new Foreground(image, left, upper, right, lower);
    }

    private static boolean is(byte label) {
        return label != 0 && (label & 0xFF) != MaskFile.IGNORE;
    }

    boolean any() {
        return right >= 0;
    }

    /**
     * Whether the foreground inside a window (fractions of the image) extends over more than {@code min} of the image
     * from its first to its last pixel, along both axes.
     */
    boolean spans(double xMin, double yMin, double xMax, double yMax, double min) {
        int x0 = Math.max(left, (int) Math.floor(xMin * image.contentWidth()));
        int y0 = Math.max(upper, (int) Math.floor(yMin * image.contentHeight()));
        int x1 = Math.min(right, (int) Math.ceil(xMax * image.contentWidth()) - 1);
        int y1 = Math.min(lower, (int) Math.ceil(yMax * image.contentHeight()) - 1);
        int first = Integer.MAX_VALUE;
        int last = -1;
        int top = -1;
        for (int y = y0; y <= y1; y++) {
            int row = y * image.width();
            for (int x = x0; x <= x1; x++) {
                if (is(image.mask()[row + x])) {
                    first = Math.min(first, x);
                    last = Math.max(last, x);
                    top = top < 0 ? y : top;
                }
            }
            if (last >= 0
                    && last - first > min * image.contentWidth()
                    && y - top > min * image.contentHeight()
                    && hasAny(row, x0, x1)) {
                return true;
            }
        }
        return false;
    }

    private boolean hasAny(int row, int x0, int x1) {
        for (int x = x0; x <= x1; x++) {
            if (is(image.mask()[row + x])) {
                return true;
            }
        }
        return false;
    }
}
