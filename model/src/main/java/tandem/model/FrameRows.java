package tandem.model;

import java.nio.ByteBuffer;
import tandem.model.Inspector.PixelFormat;
import tandem.model.image.RgbRows;

/** The rows of a frame in a byte buffer as RGB; one object for all frames. */
final class FrameRows implements RgbRows {

    private ByteBuffer frame;
    private PixelFormat format;
    private int width;
    private int stride;

    /** Sets the frame, whose first pixel is at the buffer's position; returns this. */
    FrameRows of(ByteBuffer newFrame, PixelFormat newFormat, int newWidth, int newStride) {
        frame = newFrame;
        format = newFormat;
        width = newWidth;
        stride = newStride;
        return this;
    }

    @Override
    public void read(int y, byte[] target, int at) {
        int from = frame.position() + y * stride;
        if (format == PixelFormat.RGB) {
            frame.get(from, target, at, 3 * width);
            return;
        }
        for (int x = 0, to = at; x < width; x++, to += 3) {
            byte value = frame.get(from + x);
            target[to] = value;
            target[to + 1] = value;
            target[to + 2] = value;
        }
    }
}
