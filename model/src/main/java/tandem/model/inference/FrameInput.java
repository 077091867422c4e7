package tandem.model.inference;

import tandem.model.image.BlockAverage;
import tandem.model.image.Downscale;
import tandem.model.image.GrayRows;
import tandem.model.image.Placement;
import tandem.model.image.RgbRows;

/**
 * Single images in direct memory, downscaled to the network's limit of pixels. For images of one size nothing is
 * allocated.
 */
final class FrameInput {

    private final InputImages input;
    private Downscale size;
    private byte[] row;
    private BlockAverage ofColors;
    private BlockAverage ofGray;

    /**
     * @param pixels maximum number of pixels after {@link Downscale}
     * @param placement of the network
     */
    FrameInput(int pixels, Placement placement) {
        input = new InputImages(1, pixels, placement);
    }

    InputImages images() {
        return input;
    }

    /** Maximum number of pixels of an image. */
    int pixels() {
        return input.pixels();
    }

    /** Sets the size of the next images. */
    void size(Downscale newSize) {
        if (newSize.equals(size)) {
            return;
        }
        size = null;
        row = new byte[3 * newSize.sourceWidth()];
        boolean reduced = newSize.factor() > 1;
        ofColors = reduced ? new BlockAverage(newSize, 3) : null;
        ofGray = reduced ? new BlockAverage(newSize, 1) : null;
        input.size(0, newSize);
        size = newSize;
    }

    /** Copies an image. */
    void put(RgbRows rows) {
        if (ofColors == null) {
            copy(rows);
        } else if (rows instanceof GrayRows gray) {
            ofGray.begin();
            for (int y = 0, at = 0; y < size.sourceHeight(); y++) {
                gray.readGray(y, row, 0);
                at = put(ofGray, at);
            }
        } else {
            ofColors.begin();
            for (int y = 0, at = 0; y < size.sourceHeight(); y++) {
                rows.read(y, row, 0);
                at = put(ofColors, at);
            }
        }
    }

    private void copy(RgbRows rows) {
        for (int y = 0, at = 0; y < size.sourceHeight(); y++, at += row.length) {
            rows.read(y, row, 0);
            input.rgb().put(at, row);
        }
    }

    private int put(BlockAverage average, int at) {
        if (!average.add(row, 0)) {
            return at;
        }
        input.rgb().put(at, average.row());
        return at + average.row().length;
    }
}
