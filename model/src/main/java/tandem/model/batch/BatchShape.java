package tandem.model.batch;

import tandem.model.data.ImageCache;

/**
 * The maximum size of a batch.
 *
 * @param images images
 * @param pixels pixels of each
 * @param boxes boxes of each
 */
public record BatchShape(int images, int pixels, int boxes) {

    /** Rejects sizes that a buffer cannot hold. */
    public BatchShape {
        if (images < 1
                || pixels < 1
                || boxes < 1
                || 3L * images * pixels > Integer.MAX_VALUE
                || 16L * images * boxes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a batch of " + images + " images of up to " + pixels + " pixels and " + boxes
                            + " boxes: each must be at least 1 and all pixels together below 2^31 bytes; use smaller batches, or a smaller maximum image size");
        }
    }

    /** The size for every image of a data set. */
    public static BatchShape of(ImageCache images, int batch) {
        return of(images, batch, 0);
    }

    /**
     * The size for every image of a data set.
     *
     * @param generatedBoxes maximum number of generated boxes of an image, see {@link GeneratedLabelProvider}
     */
    public static BatchShape of(ImageCache images, int batch, int generatedBoxes) {
        return new BatchShape(
                batch,
                images.maxDecodedPixels(),
                Math.max(1, Math.max(generatedBoxes, images.data().maxBoxes())));
    }
}
