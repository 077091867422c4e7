package tandem.tools.predict;

import java.util.Optional;
import tandem.model.image.PixelSize;
import tandem.model.network.NetworkSettings;

/** Says that images are much larger than the network's input, so that small objects cannot be found in them. */
final class ShrinkNotice {

    /** Factor from which on it is reported. */
    private static final int FACTOR = 4;

    private final PixelSize size;
    private final boolean detects;
    private int width;
    private int height;
    private int images;

    ShrinkNotice(NetworkSettings network) {
        size = network.inputSize();
        detects = network.detects();
    }

    /** Adds an image of this size, in pixels. */
    void add(int imageWidth, int imageHeight) {
        if (imageWidth >= FACTOR * size.width() || imageHeight >= FACTOR * size.height()) {
            images++;
            width = Math.max(width, imageWidth);
            height = Math.max(height, imageHeight);
        }
    }

    /** One line; empty when no image is so large. */
    Optional<String> line() {
        int cell = NetworkSettings.FINEST_STRIDE;
        return images == 0
                ? Optional.empty()
                : Optional.of("warning: " + images + " images of up to " + width + " x " + height
                        + " pixels were scaled to the network's input of " + size.width() + " x " + size.height() + ": "
                        + (detects ? "objects" : "regions") + " below about "
                        + Math.round((double) cell * width / size.width()) + " x "
                        + Math.round((double) cell * height / size.height())
                        + " pixels are smaller than one cell of its finest level, and most of them are not found; use"
                        + " --tile auto, or train with a larger --size or with --crops");
    }
}
