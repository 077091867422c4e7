package tandem.tools.train;

import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;

/** How images are kept in memory. */
public final class ImageOptions {

    /** Larger images are shrunk to this many pixels before they are warped to the network's size. */
    public static final int MOST_PIXELS = 1 << 20;

    private ImageOptions() {}

    /** A cache that takes at most a third of the Java heap. */
    static ImageCache cache(DataSet data) {
        return new ImageCache(data, MOST_PIXELS, Runtime.getRuntime().maxMemory() / 3);
    }
}
