package tandem.model;

import java.nio.ByteBuffer;
import tandem.model.Inspector.PixelFormat;
import tandem.model.image.BlockAverage;
import tandem.model.image.Downscale;
import tandem.model.image.RgbRows;
import tandem.model.inference.InputImages;

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

    /** @param pixels maximum number of pixels after {@link Downscale} */
    FrameInput(int pixels) {
        input = new InputImages(1, pixels);
    }

    InputImages images() {
        return input;
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

    /** Copies a frame whose first pixel is at the buffer's position. */
    void put(ByteBuffer frame, PixelFormat format, int stride) {
        BlockAverage average = format == PixelFormat.RGB ? ofColors : ofGray;
        int bytes = size.sourceWidth() * format.bytes();
        if (average != null) {
            average.begin();
        }
        for (int y = 0, at = 0; y < size.sourceHeight(); y++) {
            int from = frame.position() + y * stride;
            if (average != null) {
                frame.get(from, row, 0, bytes);
                at = put(average, at);
            } else if (format == PixelFormat.RGB) {
                input.rgb().put(at, frame, from, bytes);
                at += bytes;
            } else {
                at = putGray(frame, from, at);
            }
        }
    }

    /** Copies an image. */
    void put(RgbRows rows) {
        if (ofColors != null) {
            ofColors.begin();
        }
        for (int y = 0, at = 0; y < size.sourceHeight(); y++) {
            rows.read(y, row, 0);
            if (ofColors != null) {
                at = put(ofColors, at);
            } else {
                input.rgb().put(at, row);
                at += row.length;
            }
        }
    }

    private int put(BlockAverage average, int at) {
        if (!average.add(row, 0)) {
            return at;
        }
        input.rgb().put(at, average.row());
        return at + average.row().length;
    }

    private int putGray(ByteBuffer frame, int from, int start) {
        ByteBuffer rgb = input.rgb();
        int at = start;
        for (int x = 0; x < size.sourceWidth(); x++, at += 3) {
            byte value = frame.get(from + x);
            rgb.put(at, value);
            rgb.put(at + 1, value);
            rgb.put(at + 2, value);
        }
        return at;
    }
}
