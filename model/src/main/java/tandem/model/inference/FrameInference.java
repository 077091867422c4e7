package tandem.model.inference;

import tandem.model.image.RgbRows;

/**
 * The way of one image from rows of pixels to predictions: {@link WholeInference} scales it to the network's input,
 * {@link TiledInference} divides it into tiles. For one thread at a time.
 */
public interface FrameInference extends AutoCloseable {

    /**
     * Inspects an image.
     *
     * @param image its pixels; each row is read once, from top to bottom
     * @param result receives the predictions, in pixels of the image; undefined after an exception
     * @return {@code result}
     * @throws NonFiniteOutputException when an output of the network is not finite; other images can then be inspected
     * @throws tandem.engine.DeviceOutOfMemoryException when there is no memory for an image of this size; smaller ones
     *     can then be inspected
     */
    Inspection inspect(RgbRows image, int width, int height, Inspection result);

    /** How often memory was planned and allocated: constant while images need no more than those before. */
    int allocations();

    @Override
    void close();
}
