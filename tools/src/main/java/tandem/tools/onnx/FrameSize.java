package tandem.tools.onnx;

import java.util.Locale;
import tandem.model.image.Downscale;
import tandem.model.network.NetworkSettings;
import tandem.tools.InputException;

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
        String[] sides = text.toLowerCase(Locale.ROOT).split("x", -1);
        if (sides.length == 2 && sides[0].matches("\\d{1,5}") && sides[1].matches("\\d{1,5}")) {
            return new FrameSize(Integer.parseInt(sides[0]), Integer.parseInt(sides[1]));
        }
        throw new InputException("'" + text + "' is not a frame size; write columns and rows, such as 1280x960");
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
