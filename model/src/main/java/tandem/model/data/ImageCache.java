package tandem.model.data;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import tandem.model.image.Downscale;

/**
 * Decodes the images of a data set and keeps them, up to a number of bytes. What is kept stays: passes over shuffled
 * data touch every image once, so throwing one out for another would gain nothing. Thread-safe.
 */
public final class ImageCache {

    private final DataSet data;
    private final int maxPixels;
    private final long maxBytes;
    private final AtomicReferenceArray<DecodedImage> kept;
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @param maxPixels larger images are made smaller, see {@link Downscale}; the limit of the network that reads them
     * @param maxBytes how much decoded data to keep; 0 keeps none
     */
    public ImageCache(DataSet data, int maxPixels, long maxBytes) {
        this.data = data;
        this.maxPixels = maxPixels;
        this.maxBytes = maxBytes;
        kept = new AtomicReferenceArray<>(data.size());
    }

    /** The data set. */
    public DataSet data() {
        return data;
    }

    /** The limit above which images are made smaller. */
    public int maxPixels() {
        return maxPixels;
    }

    /** This cache, or an empty one in its place for a network with another limit. */
    public ImageCache withMaxPixels(int limit) {
        return limit == maxPixels ? this : new ImageCache(data, limit, maxBytes);
    }

    /** Most pixels that any image of the data set has after decoding: the room a batch needs for each. */
    public int largest() {
        int largest = 1;
        for (Sample sample : data.samples()) {
            largest = Math.max(
                    largest,
                    Downscale.of(sample.width(), sample.height(), maxPixels).pixels());
        }
        return largest;
    }

    /**
     * Image {@code index} of the data set, decoded now unless it was kept.
     *
     * @throws DataException when it cannot be decoded
     */
    public DecodedImage get(int index) {
        DecodedImage image = kept.get(index);
        if (image == null) {
            image = ImageDecoder.decode(data.samples().get(index), maxPixels);
            if (bytes.addAndGet(image.bytes()) > maxBytes) {
                bytes.addAndGet(-image.bytes());
            } else if (!kept.compareAndSet(index, null, image)) {
                bytes.addAndGet(-image.bytes());
            }
        }
        return image;
    }

    /**
     * A mask of the size of image {@code index} in the geometry of its decoded pixels.
     *
     * @param mask (height, width) of the original image
     */
    public byte[] decodedMask(int index, byte[] mask) {
        Sample sample = data.samples().get(index);
        if (mask.length != sample.width() * sample.height()) {
            throw new IllegalArgumentException("a mask of " + mask.length + " pixels for " + sample.id() + " of "
                    + sample.width() + " x " + sample.height());
        }
        return Downscale.of(sample.width(), sample.height(), maxPixels).mask(mask);
    }

    /** Bytes kept now. */
    public long bytes() {
        return bytes.get();
    }
}
