package tandem.model.data;

/** Makes large pictures fit: averages squares of whole pixels. */
final class Shrink {

    private Shrink() {}

    /** The smallest factor after which at most {@code mostPixels} are left. */
    static int factor(int width, int height, int mostPixels) {
        if (mostPixels < 1) {
            throw new IllegalArgumentException("at least one pixel must be kept, not " + mostPixels);
        }
        int factor = 1;
        while ((long) side(width, factor) * side(height, factor) > mostPixels) {
            factor++;
        }
        return factor;
    }

    static int side(int side, int factor) {
        return (side + factor - 1) / factor;
    }

    static DecodedImage by(int factor, int width, int height, byte[] rgb, byte[] mask) {
        if (factor == 1) {
            return new DecodedImage(width, height, 1, width, height, rgb, mask);
        }
        int w = side(width, factor);
        int h = side(height, factor);
        byte[] smallRgb = new byte[w * h * 3];
        for (int y = 0; y < h; y++) {
            int y0 = y * factor;
            int y1 = Math.min(height, y0 + factor);
            for (int x = 0; x < w; x++) {
                int x0 = x * factor;
                int x1 = Math.min(width, x0 + factor);
                int red = 0;
                int green = 0;
                int blue = 0;
                for (int sy = y0; sy < y1; sy++) {
                    for (int i = (sy * width + x0) * 3; i < (sy * width + x1) * 3; i += 3) {
                        red += rgb[i] & 0xFF;
                        green += rgb[i + 1] & 0xFF;
                        blue += rgb[i + 2] & 0xFF;
                    }
                }
                int count = (y1 - y0) * (x1 - x0);
                int o = (y * w + x) * 3;
                smallRgb[o] = (byte) ((red + count / 2) / count);
                smallRgb[o + 1] = (byte) ((green + count / 2) / count);
                smallRgb[o + 2] = (byte) ((blue + count / 2) / count);
            }
        }
        return new DecodedImage(
                w,
                h,
                factor,
                (float) width / factor,
                (float) height / factor,
                smallRgb,
                mask == null ? null : mask(factor, width, height, mask));
    }

    /** The middle of each square of a mask. */
    static byte[] mask(int factor, int width, int height, byte[] mask) {
        int w = side(width, factor);
        int h = side(height, factor);
        byte[] small = new byte[w * h];
        for (int y = 0; y < h; y++) {
            int row = (y * factor + Math.min(height, (y + 1) * factor)) / 2 * width;
            for (int x = 0; x < w; x++) {
                small[y * w + x] = mask[row + (x * factor + Math.min(width, (x + 1) * factor)) / 2];
            }
        }
        return small;
    }
}
