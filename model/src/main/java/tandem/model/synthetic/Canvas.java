package tandem.model.synthetic;

/**
 * An image being generated: the reflectance of each pixel, nominally 0 to 1, and the class of each pixel.
 *
 * @param width columns
 * @param height rows
 * @param unit unit of lengths in pixels
 * @param rgb (height, width, 3), red first
 * @param mask (height, width), 0 for background
 */
record Canvas(int width, int height, double unit, float[] rgb, byte[] mask) {

    /**
     * A black image without defects; lengths are measured in {@code closeness} times the smaller of width and height.
     */
    static Canvas blank(int width, int height, double closeness) {
        return new Canvas(
                width,
                height,
                closeness * Math.min(width, height),
                new float[width * height * 3],
                new byte[width * height]);
    }

    /** Moves a pixel towards a color by {@code share}. */
    void blend(int x, int y, double share, double red, double green, double blue) {
        int i = (y * width + x) * 3;
        rgb[i] += (float) (share * (red - rgb[i]));
        rgb[i + 1] += (float) (share * (green - rgb[i + 1]));
        rgb[i + 2] += (float) (share * (blue - rgb[i + 2]));
    }

    /** Multiplies a pixel. */
    void scale(int x, int y, double red, double green, double blue) {
        int i = (y * width + x) * 3;
        rgb[i] *= (float) red;
        rgb[i + 1] *= (float) green;
        rgb[i + 2] *= (float) blue;
    }
}
