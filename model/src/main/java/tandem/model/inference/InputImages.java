package tandem.model.inference;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import tandem.engine.Program;
import tandem.engine.Tensor;
import tandem.model.augment.ImageParameters;
import tandem.model.data.DecodedImage;
import tandem.model.image.Downscale;
import tandem.model.image.PixelSize;
import tandem.model.image.Placement;

/** Images in direct memory with the layout of the inputs of an inference program. */
public final class InputImages {

    private final int pixels;
    private final Placement placement;
    private final ByteBuffer rgb;
    private final ByteBuffer parameters;
    private final FloatBuffer parameterValues;

    /**
     * @param images images per batch
     * @param pixels maximum number of pixels of each image
     * @param placement of the network
     */
    public InputImages(int images, int pixels, Placement placement) {
        this.pixels = pixels;
        this.placement = placement;
        rgb = ByteBuffer.allocateDirect(Math.multiplyExact(images, Math.multiplyExact(3, pixels)));
        parameters = ByteBuffer.allocateDirect(images * ImageParameters.COUNT * Float.BYTES)
                .order(ByteOrder.nativeOrder());
        parameterValues = parameters.asFloatBuffer();
        for (int image = 0; image < images; image++) {
            leaveEmpty(image);
        }
    }

    /** Copies an image that is within the network's limit. */
    public void put(int image, DecodedImage decoded) {
        rgb.put(image * pixels * 3, decoded.rgb());
        DecodedImage.Extent extent = decoded.extent(placement);
        size(image, decoded.contentWidth(), decoded.contentHeight(), extent.width(), extent.height());
    }

    /** Sets an image without pixels, for the rest of an incomplete batch. */
    public void leaveEmpty(int image) {
        window(image, 1, 1, 1, 1);
    }

    /** Sets the size of an image whose pixels are then written into {@link #rgb}. */
    public void size(int image, Downscale size) {
        PixelSize extent = placement.extent(size.sourceWidth(), size.sourceHeight());
        size(
                image,
                size.contentWidth(),
                size.contentHeight(),
                (float) extent.width() / size.factor(),
                (float) extent.height() / size.factor());
    }

    /**
     * Sets a window at the upper left of the canvas; the rest of the canvas is gray.
     *
     * @param width columns of the window, whose pixels are in {@link #rgb}; {@code height} its rows
     * @param canvasWidth image columns that the canvas covers; {@code canvasHeight} rows
     */
    void window(int image, int width, int height, int canvasWidth, int canvasHeight) {
        ImageParameters.writeWindow(
                parameterValues, image * ImageParameters.COUNT, width, height, canvasWidth, canvasHeight);
    }

    /** Maximum number of pixels of each image. */
    int pixels() {
        return pixels;
    }

    /** Where the pixels of an image begin in {@link #rgb}. */
    int start(int image) {
        return image * pixels * 3;
    }

    private void size(int image, float width, float height, float extentX, float extentY) {
        ImageParameters.evaluation(width, height, extentX, extentY, false)
                .write(parameterValues, image * ImageParameters.COUNT);
    }

    /** UINT8 (N, P, 3); image i from byte 3 * i * P. */
    public ByteBuffer rgb() {
        return rgb;
    }

    /** Copies everything to a program's inputs; a single image may have less room here than there. */
    public void upload(Program program, Tensor pixelInput, Tensor parameterInput) {
        program.uploadStart(pixelInput, rgb.clear());
        program.upload(parameterInput, parameters.clear());
    }
}
