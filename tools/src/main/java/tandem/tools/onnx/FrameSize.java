package tandem.tools.onnx;

import tandem.model.image.Downscale;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;
import tandem.tools.InputException;
import tandem.tools.SizeOption;

/**
 * The size of all frames, where it is known.
 *
 * @param width columns
 * @param height rows
 */
public record FrameSize(int width, int height) {

    private static final int LIMIT = 1 << 15;

    /** Rejects a size that no frame has. */
    public FrameSize {
        if (width < 1 || height < 1 || width > LIMIT || height > LIMIT) {
            throw new InputException("a frame of " + width + "x" + height + " pixels: both must be from 1 to " + LIMIT);
        }
    }

    /** From a text such as {@code 1280x960}. */
    static FrameSize of(String text) {
        PixelSize size = SizeOption.parse("--frame", text);
        return new FrameSize(size.width(), size.height());
    }

    /**
     * The factor by which the network downscales such a frame before anything else.
     *
     * @throws InputException when it does not divide width and height, which the file cannot express
     */
    int downscaleFactor(NetworkSettings settings) {
        int factor = Downscale.of(width, height, settings.maxPixels()).factor();
        if (width % factor != 0 || height % factor != 0) {
            throw new InputException("a frame of " + width + "x" + height + " pixels is downscaled by " + factor
                    + " (the network's limit is " + settings.maxPixels() + " pixels), which must divide both; use "
                    + width / factor * factor + "x" + height / factor * factor);
        }
        return factor;
    }
}
