package tandem.tools.train;

import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.image.ImageConversion;
import tandem.model.network.NetworkSettings;

/** How images are kept in memory. */
final class ImageOptions {

    private static final ImageConversion DEFAULT = ImageConversion.of(NetworkSettings.DEFAULT_MAX_PIXELS);

    private ImageOptions() {}

    /** A cache that takes at most a third of the Java heap, with the default conversion; a trainer sets its own. */
    static ImageCache cache(DataSet data) {
        return cache(data, DEFAULT);
    }

    /** The same for another conversion. */
    static ImageCache cache(DataSet data, ImageConversion conversion) {
        return new ImageCache(data, conversion, Runtime.getRuntime().maxMemory() / 3);
    }

    /** A cache of held-out images, beside the one of training images: at most a sixth of the Java heap. */
    static ImageCache heldOut(DataSet data) {
        return new ImageCache(data, DEFAULT, Runtime.getRuntime().maxMemory() / 6);
    }
}
