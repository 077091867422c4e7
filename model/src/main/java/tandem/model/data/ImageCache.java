package tandem.model.data;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Decodes the images of a data set and keeps them, up to a number of bytes. What is kept stays: passes over shuffled
 * data touch every image once, so throwing one out for another would gain nothing. Thread-safe.
 */
public final class ImageCache {

    private final DataSet data;
    private final int mostPixels;
    private final long mostBytes;
    private final AtomicReferenceArray<DecodedImage> kept;
    private final AtomicLong bytes = new AtomicLong();

    /**
     * @param mostPixels larger images are shrunk to this many pixels, see {@link ImageDecoder#decode(Sample, int)}
     * @param mostBytes how much decoded data to keep; 0 keeps none
     */
    public ImageCache(DataSet data, int mostPixels, long mostBytes) {
        this.data = data;
        this.mostPixels = mostPixels;
        this.mostBytes = mostBytes;
        kept = new AtomicReferenceArray<>(data.size());
    }

    /** The data set. */
    public DataSet data() {
        return data;
    }

    /** Most pixels that any image of the data set has after decoding: the room a batch needs for each. */
    public int largest() {
        int largest = 1;
        for (Sample sample : data.samples()) {
            int factor = Shrink.factor(sample.width(), sample.height(), mostPixels);
            largest = Math.max(largest, Shrink.side(sample.width(), factor) * Shrink.side(sample.height(), factor));
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
            image = ImageDecoder.decode(data.samples().get(index), mostPixels);
            if (bytes.addAndGet(image.bytes()) > mostBytes) {
                bytes.addAndGet(-image.bytes());
            } else if (!kept.compareAndSet(index, null, image)) {
                bytes.addAndGet(-image.bytes());
            }
        }
        return image;
    }

    /**
     * A mask of the size of picture {@code index} in the geometry of its decoded pixels.
     *
     * @param mask (height, width) of the original picture
     */
    public byte[] decodedMask(int index, byte[] mask) {
        Sample sample = data.samples().get(index);
        if (mask.length != sample.width() * sample.height()) {
            throw new IllegalArgumentException("a mask of " + mask.length + " pixels for " + sample.id() + " of "
                    + sample.width() + " x " + sample.height());
        }
        int factor = Shrink.factor(sample.width(), sample.height(), mostPixels);
        return factor == 1 ? mask : Shrink.mask(factor, sample.width(), sample.height(), mask);
    }

    /** Bytes kept now. */
    public long bytes() {
        return bytes.get();
    }
}
