package tandem.model.batch;

import tandem.model.data.ImageCache;

/**
 * How much a batch has room for.
 *
 * @param images images
 * @param pixels pixels of each
 * @param boxes boxes of each
 */
public record BatchShape(int images, int pixels, int boxes) {

    /** Rejects what a buffer cannot hold. */
    public BatchShape {
        if (images < 1
                || pixels < 1
                || boxes < 1
                || 3L * images * pixels > Integer.MAX_VALUE
                || 16L * images * boxes > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "a batch of " + images + " images of up to " + pixels + " pixels and " + boxes
                            + " boxes: each must be at least 1 and all pixels below 2^31 bytes; take fewer images, or shrink them more");
        }
    }

    /** Room for every image of a data set. */
    public static BatchShape of(ImageCache images, int batch) {
        return of(images, batch, 0);
    }

    /**
     * Room for every image of a data set.
     *
     * @param supplementary most boxes that {@link GeneratedLabelProvider} give an image
     */
    public static BatchShape of(ImageCache images, int batch, int supplementary) {
        return new BatchShape(
                batch,
                images.largest(),
                Math.max(1, Math.max(supplementary, images.data().mostBoxes())));
    }
}
