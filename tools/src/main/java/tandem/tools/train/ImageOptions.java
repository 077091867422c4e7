package tandem.tools.train;

import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.network.NetworkSettings;

/** How images are kept in memory. */
final class ImageOptions {

    private ImageOptions() {}

    /**
     * A cache that takes at most a third of the Java heap, with the default limit of pixels; a trainer sets its own.
     */
    static ImageCache cache(DataSet data) {
        return cache(data, NetworkSettings.DEFAULT_MAX_PIXELS);
    }

    /** The same with another maximum number of pixels of an image. */
    static ImageCache cache(DataSet data, int maxPixels) {
        return new ImageCache(data, maxPixels, Runtime.getRuntime().maxMemory() / 3);
    }

    /** A cache of held-out images, beside the one of training images: at most a sixth of the Java heap. */
    static ImageCache heldOut(DataSet data) {
        return new ImageCache(
                data, NetworkSettings.DEFAULT_MAX_PIXELS, Runtime.getRuntime().maxMemory() / 6);
    }
}
