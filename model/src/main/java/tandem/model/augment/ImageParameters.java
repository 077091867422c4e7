package tandem.model.augment;

import java.nio.FloatBuffer;

/**
 * The parameters of the augmentation kernels for one image.
 *
 * @param width width of the image content in stored pixels; a stored row has this many pixels, rounded up
 * @param height height of the image content in stored pixels
 * @param masked whether the image has a mask; without one the mask on the canvas is 255 everywhere
 * @param geometry position of the canvas on the image
 * @param photometric change of its colors
 */
public record ImageParameters(double width, double height, boolean masked, Geometry geometry, Photometric photometric) {

    /** Number of floats of one image. */
    public static final int COUNT = 12;

    /** The image is only resized to the canvas and normalized: evaluation and inference. */
    public static ImageParameters evaluation(double width, double height, boolean masked) {
        return evaluation(width, height, width, height, masked);
    }

    /** The same at the upper left of a canvas that covers {@code extentX} x {@code extentY} of its pixels. */
    public static ImageParameters evaluation(
            double width, double height, double extentX, double extentY, boolean masked) {
        return new ImageParameters(width, height, masked, Geometry.resize(extentX, extentY), Photometric.NONE);
    }

    /** The same with or without a mask. */
    public ImageParameters withMask(boolean masked) {
        return new ImageParameters(width, height, masked, geometry, photometric);
    }

    /**
     * Writes the parameters of an image without a mask, at the upper left of a canvas that covers {@code canvasWidth} x
     * {@code canvasHeight} of its pixels, colors unchanged; allocates nothing.
     */
    public static void writeWindow(
            FloatBuffer target, int index, int width, int height, int canvasWidth, int canvasHeight) {
        for (int i = 0; i < COUNT; i++) {
            target.put(index + i, 0);
        }
        target.put(index, width);
        target.put(index + 1, height);
        target.put(index + 2, canvasWidth);
        target.put(index + 4, canvasHeight);
        target.put(index + 7, 1);
        target.put(index + 9, 1);
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
