package tandem.model.data;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import tandem.model.image.ImageConversion;

/**
 * Decodes the images of a data set and caches them, up to a number of bytes. Cached images are never evicted: every
 * pass reads every image once, so eviction has no advantage. Thread-safe.
 */
public final class ImageCache {

    private final DataSet data;
    private final ImageConversion conversion;
    private final long maxBytes;
    private final AtomicReferenceArray<DecodedImage> cached;
    private final AtomicLong bytes;

    /**
     * @param conversion that of the network that reads the images
     * @param maxBytes maximum size of the cached data; 0 for no cache
     */
    public ImageCache(DataSet data, ImageConversion conversion, long maxBytes) {
        this(data, conversion, maxBytes, new AtomicReferenceArray<>(data.size()), new AtomicLong());
    }

    private ImageCache(
            DataSet data,
            ImageConversion conversion,
            long maxBytes,
            AtomicReferenceArray<DecodedImage> cached,
            AtomicLong bytes) {
        this.data = data;
        this.conversion = conversion;
        this.maxBytes = maxBytes;
        this.cached = cached;
        this.bytes = bytes;
    }

    /**
     * Images without files.
     *
     * @param images the images of the data set, in its order, within the limit of pixels
     */
    public static ImageCache inMemory(DataSet data, List<DecodedImage> images, int maxPixels) {
        if (images.size() != data.size()
                || images.stream().anyMatch(image -> image.width() * image.height() > maxPixels)) {
            throw new IllegalArgumentException(data.name() + ": " + images.size() + " decoded images for " + data.size()
                    + ", or one above " + maxPixels + " pixels");
        }
        ImageCache cache = new ImageCache(data, ImageConversion.of(maxPixels), 0);
        for (int i = 0; i < images.size(); i++) {
            cache.bytes.addAndGet(images.get(i).bytes());
            cache.cached.set(i, images.get(i));
        }
        return cache;
    }

    /** The data set. */
    public DataSet data() {
        return data;
    }

    /** How images are converted. */
    public ImageConversion conversion() {
        return conversion;
    }

    /**
     * This cache for another network. It shares the decoded images where both have the same pixels in memory; otherwise
     * it is empty.
     */
    public ImageCache with(ImageConversion other) {
        if (other.equals(conversion)) {
            return this;
        }
        return other.decodesAs(conversion)
                ? new ImageCache(data, other, maxBytes, cached, bytes)
                : new ImageCache(data, other, maxBytes);
    }

    /** Maximum number of pixels that a network reads of an image: the memory that a batch needs per image. */
    public int maxDecodedPixels() {
        int max = 1;
        for (Sample sample : data.samples()) {
            max = Math.max(max, conversion.pixels(sample.width(), sample.height()));
        }
        return max;
    }

    /**
     * Image {@code index} of the data set, decoded now unless it is cached.
     *
     * @throws DataException when it cannot be decoded
     */
    public DecodedImage get(int index) {
        DecodedImage image = cached.get(index);
        if (image == null) {
            image = ImageDecoder.decode(data.samples().get(index), conversion);
            if (bytes.addAndGet(image.bytes()) > maxBytes) {
                bytes.addAndGet(-image.bytes());
            } else if (!cached.compareAndSet(index, null, image)) {
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
        return conversion.size(sample.width(), sample.height()).mask(mask);
    }

    /** Bytes in the cache. */
    public long bytes() {
        return bytes.get();
    }
}
