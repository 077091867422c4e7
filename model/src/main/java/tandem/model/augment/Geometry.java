package tandem.model.augment;

import tandem.model.data.DecodedImage;

/**
 * The position of the network's canvas on an image. A canvas coordinate u in [0, 1] along x corresponds to the image
 * coordinate {@code scaleX * u + offsetX} in pixels, likewise along y; a negative scale flips. Resizing, cropping,
 * expanding and flipping are all of this form, so they compose without sampling twice.
 *
 * @param scaleX image pixels across the canvas, not 0
 * @param offsetX image x of the left edge of the canvas
 * @param scaleY image pixels down the canvas, not 0
 * @param offsetY image y of the upper edge of the canvas
 */
public record Geometry(double scaleX, double offsetX, double scaleY, double offsetY) {

    /** Rejects a canvas without extent. */
    public Geometry {
        if (scaleX == 0 || scaleY == 0 || !Double.isFinite(scaleX) || !Double.isFinite(scaleY)) {
            throw new IllegalArgumentException(
                    "a canvas of " + scaleX + " x " + scaleY + " image pixels has no inverse");
        }
    }

    /** The canvas covers exactly the image, whatever its aspect ratio. */
    public static Geometry resize(double width, double height) {
        return new Geometry(width, 0, height, 0);
    }

    /** {@link #resize} onto a decoded image. */
    public static Geometry resize(DecodedImage image) {
        return resize(image.contentWidth(), image.contentHeight());
    }

    /**
     * The canvas covers a window of the image, which may extend beyond the image.
     *
     * @param xMin left edge of the window as a fraction of the image's width; below 0 is outside
     * @param flip whether left and right are exchanged
     */
    public static Geometry window(
            double width, double height, double xMin, double yMin, double xMax, double yMax, boolean flip) {
        double scaleX = (xMax - xMin) * width;
        return new Geometry(
                flip ? -scaleX : scaleX, (flip ? xMax : xMin) * width, (yMax - yMin) * height, yMin * height);
    }

    /**
     * A whole image at the upper left of a canvas that covers more than it.
     *
     * @param extentX image pixels across the canvas, at least {@code width}
     * @param flip whether the image's left and right are exchanged
     */
    static Geometry whole(double width, double extentX, double extentY, boolean flip) {
        return new Geometry(flip ? -extentX : extentX, flip ? width : 0, extentY, 0);
    }

    /** Canvas to image along x. */
    double imageX(double u) {
        return scaleX * u + offsetX;
    }

    /** Canvas to image along y. */
    double imageY(double v) {
        return scaleY * v + offsetY;
    }

    /** Image to canvas along x. */
    public double canvasX(double x) {
        return (x - offsetX) / scaleX;
    }

    /** Image to canvas along y. */
    public double canvasY(double y) {
        return (y - offsetY) / scaleY;
    }
}
