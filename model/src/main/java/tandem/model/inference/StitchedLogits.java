package tandem.model.inference;

import java.nio.FloatBuffer;
import java.util.Arrays;

/**
 * The weighted sum of the segmentation logits of overlapping tiles on one grid, for the rows of the grid that can still
 * change; in a ring.
 */
final class StitchedLogits {

    private final TileAxis across;
    private final TileAxis down;
    private final int columns;
    private final int channels;
    private final int capacity;
    private final float[] sums;
    private final float[] weights;

    /**
     * @param columns cells of the grid
     * @param channels of the logits
     * @param capacity rows that are stored
     */
    StitchedLogits(TileAxis across, TileAxis down, int columns, int channels, int capacity) {
        this.across = across;
        this.down = down;
        this.columns = columns;
        this.channels = channels;
        this.capacity = capacity;
        sums = new float[Math.multiplyExact(Math.multiplyExact(capacity, columns), channels)];
        weights = new float[capacity * columns];
    }

    /** Adds the logits of a tile, (rows, columns, C) from index {@code at}, whose first cell is at that place. */
    void add(FloatBuffer logits, int at, int row, int column) {
        int from = at;
        for (int y = 0; y < down.cells(); y++) {
            int place = (row + y) % capacity * columns + column;
            float vertical = down.weight(y);
            for (int x = 0; x < across.cells(); x++, place++) {
                float weight = vertical * across.weight(x);
                weights[place] += weight;
                int to = place * channels;
                for (int channel = 0; channel < channels; channel++) {
                    sums[to + channel] += weight * logits.get(from++);
                }
            }
        }
    }

    /** Writes the mean logits of a row of the grid to {@code target}, from index {@code at}. */
    void mean(int row, FloatBuffer target, int at) {
        int place = row % capacity * columns;
        int to = at;
        for (int x = 0; x < columns; x++, place++) {
            float share = 1 / weights[place];
            for (int channel = 0; channel < channels; channel++) {
                target.put(to++, sums[place * channels + channel] * share);
            }
        }
    }

    /** Forgets a row, so that its place can be used for a later one. */
    void clear(int row) {
        int place = row % capacity * columns;
        Arrays.fill(weights, place, place + columns, 0);
        Arrays.fill(sums, place * channels, (place + columns) * channels, 0);
    }

    /** Forgets all rows. */
    void clear() {
        Arrays.fill(weights, 0);
        Arrays.fill(sums, 0);
    }
}
