package tandem.model;

import java.nio.ByteBuffer;
import java.util.Objects;
import tandem.model.Inspector.PixelFormat;

/**
 * A frame in a byte buffer, direct or not, or a region of it. The object describes the memory and copies nothing: an
 * application that reuses a few buffers makes a frame for each of them once.
 *
 * @param pixels the rows, from the buffer's position; its byte order is that of {@link PixelFormat#GRAY16}; neither
 *     position nor limit is changed
 * @param format the format of its pixels
 * @param width columns of the whole frame
 * @param height rows of the whole frame
 * @param stride bytes from one row to the next, at least {@code width} times the bytes of a pixel
 * @param region the part that is inspected; boxes and mask are in pixels of this part
 */
public record Frame(ByteBuffer pixels, PixelFormat format, int width, int height, int stride, Region region) {

    /** Maximum number of pixels of a frame, before it is downscaled. */
    public static final int MAX_PIXELS = 1 << 29;

    /**
     * A rectangle of pixels.
     *
     * @param left its first column, from 0
     * @param top its first row, from 0
     * @param width its columns
     * @param height its rows
     */
    public record Region(int left, int top, int width, int height) {}

    /**
     * Checks that the buffer contains the frame, and the frame the region.
     *
     * @throws FrameException when it does not, or a number is outside its range
     */
    public Frame {
        Objects.requireNonNull(region, "region");
        check(pixels, format, width, height, stride);
        if (region.left < 0
                || region.top < 0
                || region.width < 1
                || region.height < 1
                || region.width > width - region.left
                || region.height > height - region.top) {
            throw new FrameException(
                    "the region " + region + " is not inside of a frame of " + width + " x " + height + " pixels");
        }
    }

    /** A whole frame, whose rows follow each other without a gap. */
    public static Frame of(ByteBuffer pixels, PixelFormat format, int width, int height) {
        Objects.requireNonNull(format, "format");
        checkSize(width, height, format);
        return of(pixels, format, width, height, width * format.bytes());
    }

    /** A whole frame. */
    public static Frame of(ByteBuffer pixels, PixelFormat format, int width, int height, int stride) {
        return new Frame(pixels, format, width, height, stride, new Region(0, 0, width, height));
    }

    /** The same frame, of which only a region is inspected. */
    public Frame region(int left, int top, int columns, int rows) {
        return new Frame(pixels, format, width, height, stride, new Region(left, top, columns, rows));
    }

    static void check(ByteBuffer pixels, PixelFormat format, int width, int height, int stride) {
        Objects.requireNonNull(pixels, "frame");
        Objects.requireNonNull(format, "format");
        checkSize(width, height, format);
        long row = (long) width * format.bytes();
        if (stride < row) {
            throw new FrameException("a frame of " + width + " x " + height + " " + format + " pixels in rows of "
                    + stride + " bytes: a row has at least " + row + " bytes");
        }
        long needed = (long) stride * (height - 1) + row;
        if (pixels.remaining() < needed) {
            throw new FrameException("the buffer has " + pixels.remaining() + " bytes, a frame of " + width + " x "
                    + height + " " + format + " pixels in rows of " + stride + " bytes needs " + needed);
        }
    }

    static void checkSize(int width, int height, PixelFormat format) {
        int min = format.isBayer() ? 2 : 1;
        if (width < min || height < min || (long) width * height > MAX_PIXELS) {
            throw new FrameException("a frame of " + width + " x " + height + " " + format
                    + " pixels: each side must be at least " + min + ", and the frame at most " + MAX_PIXELS
                    + " pixels");
        }
    }
}
