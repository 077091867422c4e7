package tandem.model;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tandem.model.Inspector.PixelFormat;
import tandem.model.image.GrayRows;
import tandem.model.image.RgbRows;

/** The rows of a frame, or of a region of it, as RGB; one object for all frames of a kind of format. */
abstract sealed class FrameRows implements RgbRows {

    private ByteBuffer frame;
    private int origin;
    private int stride;
    PixelFormat format;
    int frameWidth;
    int frameHeight;
    int left;
    int top;
    int width;

    /** Sets the frame, whose first pixel is at the buffer's position; returns this. */
    final FrameRows of(ByteBuffer pixels, PixelFormat pixelFormat, int columns, int rows, int bytesOfRow) {
        frame = pixels;
        origin = pixels.position();
        stride = bytesOfRow;
        format = pixelFormat;
        frameWidth = columns;
        frameHeight = rows;
        return region(0, 0, columns);
    }

    /** Restricts the rows to a region, whose upper left pixel and number of columns are given; returns this. */
    final FrameRows region(int firstColumn, int firstRow, int columns) {
        left = firstColumn;
        top = firstRow;
        width = columns;
        return this;
    }

    /** Forgets the frame, so that its memory can be released. */
    final void clear() {
        frame = null;
    }

    final ByteOrder order() {
        return frame.order();
    }

    /** Copies {@code pixels} pixels from pixel ({@code x}, {@code y}) of the frame. */
    final void copy(int x, int y, int pixels, byte[] target, int at) {
        frame.get(origin + y * stride + x * format.bytes(), target, at, pixels * format.bytes());
    }

    static byte[] enough(byte[] bytes, int length) {
        return bytes.length >= length ? bytes : new byte[length];
    }

    /** Color pixels with their samples together. */
    static final class Interleaved extends FrameRows {
        private byte[] raw = new byte[0];

        @Override
        public void read(int y, byte[] rgb, int at) {
            if (format == PixelFormat.RGB) {
                copy(left, top + y, width, rgb, at);
                return;
            }
            int bytes = format.bytes();
            raw = enough(raw, bytes * width);
            copy(left, top + y, width, raw, 0);
            for (int x = 0, from = 0, to = at; x < width; x++, from += bytes, to += 3) {
                rgb[to] = raw[from + 2];
                rgb[to + 1] = raw[from + 1];
                rgb[to + 2] = raw[from];
            }
        }
    }

    /** One sample for each pixel: a byte, or the upper 8 of the bits in use of 16. */
    static final class Gray extends FrameRows implements GrayRows {
        private final int max;
        private final int shift;
        private byte[] raw = new byte[0];

        /** @param sampleBits bits that samples of 16 bits use */
        Gray(int sampleBits) {
            max = (1 << sampleBits) - 1;
            shift = sampleBits - 8;
        }

        @Override
        public void readGray(int y, byte[] gray, int at) {
            if (format == PixelFormat.GRAY) {
                copy(left, top + y, width, gray, at);
                return;
            }
            raw = enough(raw, 2 * width);
            copy(left, top + y, width, raw, 0);
            int high = order() == ByteOrder.BIG_ENDIAN ? 0 : 1;
            for (int x = 0; x < width; x++) {
                int value = (raw[2 * x + high] & 0xFF) << 8 | raw[2 * x + 1 - high] & 0xFF;
                gray[at + x] = (byte) (Math.min(value, max) >> shift);
            }
        }

        @Override
        public void read(int y, byte[] rgb, int at) {
            // The samples lie in the last third of the row, and are read before they are overwritten.
            int samples = at + 2 * width;
            readGray(y, rgb, samples);
            for (int x = 0, to = at; x < width; x++, to += 3) {
                byte value = rgb[samples + x];
                rgb[to] = value;
                rgb[to + 1] = value;
                rgb[to + 2] = value;
            }
        }
    }

    /**
     * Raw pixels of a color sensor, each with one of the three colors. The others are the rounded means of the two or
     * four nearest pixels that have them (bilinear); at the border of the frame the pixels inside are mirrored. A
     * region is what that part of the whole frame would be.
     */
    static final class Bayer extends FrameRows {
        private byte[] above = new byte[0];
        private byte[] row = new byte[0];
        private byte[] below = new byte[0];

        @Override
        public void read(int y, byte[] rgb, int at) {
            int from = Math.max(0, left - 1);
            int columns = Math.min(frameWidth, left + width + 1) - from;
            above = enough(above, columns);
            row = enough(row, columns);
            below = enough(below, columns);
            int line = top + y;
            copy(from, line == 0 ? 1 : line - 1, columns, above, 0);
            copy(from, line, columns, row, 0);
            copy(from, line == frameHeight - 1 ? line - 1 : line + 1, columns, below, 0);
            boolean redRow = (line & 1) == format.redRow();
            int red = redRow ? 0 : 2;
            for (int x = 0, to = at; x < width; x++, to += 3) {
                int i = left + x - from;
                int before = left + x == 0 ? i + 1 : i - 1;
                int after = left + x == frameWidth - 1 ? i - 1 : i + 1;
                boolean redColumn = ((left + x) & 1) == format.redColumn();
                int here = row[i] & 0xFF;
                int beside = (row[before] & 0xFF) + (row[after] & 0xFF);
                int upright = (above[i] & 0xFF) + (below[i] & 0xFF);
                if (redRow == redColumn) {
                    int diagonal = (above[before] & 0xFF)
                            + (above[after] & 0xFF)
                            + (below[before] & 0xFF)
                            + (below[after] & 0xFF);
                    rgb[to + red] = (byte) here;
                    rgb[to + 1] = (byte) ((beside + upright + 2) >> 2);
                    rgb[to + 2 - red] = (byte) ((diagonal + 2) >> 2);
                } else {
                    rgb[to + red] = (byte) ((beside + 1) >> 1);
                    rgb[to + 1] = (byte) here;
                    rgb[to + 2 - red] = (byte) ((upright + 1) >> 1);
                }
            }
        }
    }
}
