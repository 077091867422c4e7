package tandem.model.inference;

import java.nio.ByteBuffer;
import tandem.model.image.RgbRows;

/** The last rows of an image that is read from top to bottom: RGB, in a ring. */
final class PixelRows {

    private final int width;
    private final int capacity;
    private final byte[] rgb;
    private int count;

    /** @param capacity number of rows that are stored */
    PixelRows(int width, int capacity) {
        this.width = width;
        this.capacity = capacity;
        rgb = new byte[Math.multiplyExact(Math.multiplyExact(3, width), capacity)];
    }

    int width() {
        return width;
    }

    /** Rows so far. */
    int count() {
        return count;
    }

    void clear() {
        count = 0;
    }

    /** Adds a row, {@code 3 * width} bytes from index {@code at}. */
    void add(ByteBuffer source, int at) {
        source.get(at, rgb, place(count), 3 * width);
        count++;
    }

    /** Adds row {@code y} of an image. */
    void add(RgbRows source, int y) {
        source.read(y, rgb, place(count));
        count++;
    }

    /** Copies a window to {@code target}, from index {@code at}, row by row. */
    void copy(int left, int columns, int top, int rows, ByteBuffer target, int at) {
        if (top < count - capacity || top + rows > count) {
            throw new IllegalStateException(
                    "rows " + top + " to " + (top + rows) + " of " + count + ", of which " + capacity + " are stored");
        }
        for (int y = 0; y < rows; y++) {
            target.put(at + 3 * columns * y, rgb, place(top + y) + 3 * left, 3 * columns);
        }
    }

    private int place(int row) {
        return row % capacity * 3 * width;
    }
}
