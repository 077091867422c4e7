package tandem.model.augment;

import java.nio.FloatBuffer;

/**
 * The numbers that the augmentation kernels take for one image.
 *
 * @param width how far the picture reaches to the right, in stored pixels; a stored row has this many, rounded up
 * @param height how far the picture reaches down
 * @param masked whether it has a mask; without one the mask on the canvas is 255 everywhere
 * @param geometry where the canvas lies on it
 * @param photometric what happens to its colours
 */
public record ImageParameters(double width, double height, boolean masked, Geometry geometry, Photometric photometric) {

    /** Floats of one image. */
    public static final int COUNT = 12;

    /** The picture is resized to the canvas and normalised, nothing else: evaluation and prediction. */
    public static ImageParameters evaluation(double width, double height, boolean masked) {
        return new ImageParameters(width, height, masked, Geometry.resize(width, height), Photometric.NONE);
    }

    /** The same for an image that has a mask, or has none. */
    public ImageParameters withMask(boolean masked) {
        return new ImageParameters(width, height, masked, geometry, photometric);
    }

    /** Writes {@link #COUNT} floats at {@code index}, as {@code augment.cu} reads them. */
    public void write(FloatBuffer target, int index) {
        target.put(index, (float) width);
        target.put(index + 1, (float) height);
        target.put(index + 2, (float) geometry.scaleX());
        target.put(index + 3, (float) geometry.offsetX());
        target.put(index + 4, (float) geometry.scaleY());
        target.put(index + 5, (float) geometry.offsetY());
        target.put(index + 6, (float) photometric.brightness());
        target.put(index + 7, (float) photometric.contrast());
        target.put(index + 8, (float) (photometric.hue() / 60));
        target.put(index + 9, (float) photometric.saturation());
        target.put(index + 10, masked ? 1 : 0);
        target.put(index + 11, 0);
    }
}
