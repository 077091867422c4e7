package tandem.model.inference;

import java.util.Optional;
import tandem.model.network.NetworkSettings;
import tandem.model.network.SegmentationType;

/**
 * How a large image is divided into tiles, each of which passes through the network like an image of its own. A tile
 * should have the size of the images of the training, so that objects have the size that the network has learned.
 *
 * @param width columns of a tile in image pixels
 * @param height rows of a tile in image pixels
 * @param overlap the share of a tile that its neighbor has too, from 0 to 0.5; objects up to this size are complete in
 *     one tile, larger ones are joined
 */
public record Tiling(int width, int height, double overlap) {

    /** The default overlap. */
    public static final double DEFAULT_OVERLAP = 0.25;

    /** Rejects tiles without pixels and other overlaps. */
    public Tiling {
        if (width < 1 || height < 1) {
            throw new IllegalArgumentException(
                    "a tile of " + width + " x " + height + " pixels: both must be at least 1");
        }
        if (!(overlap >= 0 && overlap <= 0.5)) {
            throw new IllegalArgumentException("the overlap of tiles must be from 0 to 0.5, not " + overlap);
        }
    }

    /**
     * Rejects tiles that have more pixels than a network's limit.
     *
     * @throws IllegalArgumentException when they have
     */
    public void check(NetworkSettings settings) {
        long pixels = (long) across(settings).tile() * down(settings).tile();
        if (pixels > settings.maxPixels()) {
            throw new IllegalArgumentException("a tile of " + across(settings).tile() + " x "
                    + down(settings).tile() + " pixels is above the network's limit of " + settings.maxPixels()
                    + " pixels; use smaller tiles");
        }
    }

    TileAxis across(NetworkSettings settings) {
        return TileAxis.of(width, cells(settings, settings.inputSize().width()), overlap);
    }

    TileAxis down(NetworkSettings settings) {
        return TileAxis.of(height, cells(settings, settings.inputSize().height()), overlap);
    }

    /** Rows or columns of the segmentation logits for so many of the input; also used without segmentation. */
    private static int cells(NetworkSettings settings, int input) {
        boolean full = settings.segments() && settings.segmentation() == SegmentationType.PUBLISHED;
        return full ? input : input / 4;
    }

    /** Tiles of the size that the input covered in training; empty when the network does not record it. */
    public static Optional<Tiling> automatic(NetworkSettings settings) {
        return automatic(settings, DEFAULT_OVERLAP);
    }

    /** The same with an overlap. */
    public static Optional<Tiling> automatic(NetworkSettings settings, double overlap) {
        return settings.covered().map(size -> new Tiling(size.width(), size.height(), overlap));
    }

    /** Square tiles with the default overlap. */
    public static Tiling of(int size) {
        return new Tiling(size, size, DEFAULT_OVERLAP);
    }
}
