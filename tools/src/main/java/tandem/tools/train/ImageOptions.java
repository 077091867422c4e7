package tandem.tools.train;

import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.image.Downscale;

/** How images are kept in memory. */
final class ImageOptions {

    private ImageOptions() {}

    /** A cache that takes at most a third of the Java heap. */
    static ImageCache cache(DataSet data) {
        return new ImageCache(
                data, Downscale.STANDARD_MAX_PIXELS, Runtime.getRuntime().maxMemory() / 3);
    }
}
