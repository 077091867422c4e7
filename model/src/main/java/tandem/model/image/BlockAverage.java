package tandem.model.image;

import java.util.Arrays;

/**
 * Averages squares of pixels by the rule of {@link Downscale}, from rows that are added from top to bottom. Nothing is
 * allocated after construction, and it can be reused for other images.
 */
public final class BlockAverage {

    private final Downscale size;
    private final int channels;
    private final int[] sums;
    private final byte[] row;
    private int added;

    /** @param channels bytes of a pixel in the rows added: 3, or 1 for grey */
    public BlockAverage(Downscale size, int channels) {
        this.size = size;
        this.channels = channels;
        sums = new int[size.width() * channels];
        row = new byte[size.width() * 3];
    }

    /**
     * Adds the next row.
     *
     * @param source holds it from index {@code at}, {@code channels} bytes a pixel
     * @return whether a row of the result is complete
     */
    public boolean add(byte[] source, int at) {
        if (channels == 3) {
            addColors(source, at);
        } else {
            addGrey(source, at);
        }
        added++;
        boolean last = added == size.sourceHeight();
        int rows = added % size.factor() == 0 ? size.factor() : added % size.factor();
        if (rows < size.factor() && !last) {
            return false;
        }
        finish(rows);
        if (last) {
            added = 0;
        }
        return true;
    }

    /** The row of RGB bytes that the last call of {@link #add} completed; overwritten by the next. */
    public byte[] row() {
        return row;
    }

    private void addColors(byte[] source, int at) {
        int end = at + 3 * size.sourceWidth();
        int step = 3 * size.factor();
        for (int o = 0, from = at; from < end; o += 3, from += step) {
            int to = Math.min(end, from + step);
            int red = 0;
            int green = 0;
            int blue = 0;
            for (int i = from; i < to; i += 3) {
                red += source[i] & 0xFF;
                green += source[i + 1] & 0xFF;
                blue += source[i + 2] & 0xFF;
            }
            sums[o] += red;
            sums[o + 1] += green;
            sums[o + 2] += blue;
        }
    }

    private void addGrey(byte[] source, int at) {
        int end = at + size.sourceWidth();
        for (int o = 0, from = at; from < end; o++, from += size.factor()) {
            int to = Math.min(end, from + size.factor());
            int sum = 0;
            for (int i = from; i < to; i++) {
                sum += source[i] & 0xFF;
            }
            sums[o] += sum;
        }
    }

    private void finish(int rows) {
        int width = size.width();
        for (int x = 0; x < width; x++) {
            int columns = Math.min(size.factor(), size.sourceWidth() - x * size.factor());
            int count = rows * columns;
            for (int color = 0; color < 3; color++) {
                int sum = sums[channels == 3 ? 3 * x + color : x];
                row[3 * x + color] = (byte) ((sum + count / 2) / count);
            }
        }
        Arrays.fill(sums, 0);
    }
}
