package tandem.model.image;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Averages squares of pixels by the rule of {@link Downscale}, from rows that are added from top to bottom. Nothing is
 * allocated after construction, and it can be reused for other images.
 */
public final class BlockAverage {

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    /** Every second byte of a word, with room for a sum of 16 bits. */
    private static final long LANES = 0x00FF_00FF_00FF_00FFL;
    /** As many bytes of 255 are below 2^16. */
    private static final int MAX_SUMMANDS = 257;

    private final Downscale size;
    private final int channels;
    /** Sums down the columns: of 4 even and 4 odd bytes in each word, and what was moved from there. */
    private final long[] even;

    private final long[] odd;
    private final int[] columns;
    private final byte[] row;
    private int added;
    private int summands;

    /** @param channels bytes of a pixel in the rows added: 3, or 1 for gray */
    public BlockAverage(Downscale size, int channels) {
        this.size = size;
        this.channels = channels;
        columns = new int[size.sourceWidth() * channels];
        even = new long[columns.length / 8];
        odd = new long[even.length];
        row = new byte[size.width() * 3];
    }

    /** Discards the rows of an image that was not completed. To be called before the first row of an image. */
    public void begin() {
        if (added > 0) {
            Arrays.fill(even, 0);
            Arrays.fill(odd, 0);
            Arrays.fill(columns, 0);
            added = 0;
            summands = 0;
        }
    }

    /**
     * Adds the next row.
     *
     * @param source holds it from index {@code at}, {@code channels} bytes a pixel
     * @return whether a row of the result is complete
     */
    public boolean add(byte[] source, int at) {
        for (int word = 0; word < even.length; word++) {
            long bytes = (long) WORDS.get(source, at + 8 * word);
            even[word] += bytes & LANES;
            odd[word] += bytes >>> 8 & LANES;
        }
        for (int i = 8 * even.length; i < columns.length; i++) {
            columns[i] += source[at + i] & 0xFF;
        }
        if (++summands == MAX_SUMMANDS) {
            unpack();
        }
        added++;
        boolean last = added == size.sourceHeight();
        int rows = added % size.factor() == 0 ? size.factor() : added % size.factor();
        if (rows < size.factor() && !last) {
            return false;
        }
        unpack();
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

    private void unpack() {
        for (int word = 0; word < even.length; word++) {
            for (int lane = 0; lane < 4; lane++) {
                columns[8 * word + 2 * lane] += (int) (even[word] >>> 16 * lane) & 0xFFFF;
                columns[8 * word + 2 * lane + 1] += (int) (odd[word] >>> 16 * lane) & 0xFFFF;
            }
        }
        Arrays.fill(even, 0);
        Arrays.fill(odd, 0);
        summands = 0;
    }

    private void finish(int rows) {
        int step = size.factor() * channels;
        for (int x = 0, from = 0; x < size.width(); x++, from += step) {
            int to = Math.min(columns.length, from + step);
            int count = rows * ((to - from) / channels);
            for (int channel = 0; channel < channels; channel++) {
                int sum = count / 2;
                for (int i = from + channel; i < to; i += channels) {
                    sum += columns[i];
                }
                row[3 * x + channel] = (byte) (sum / count);
            }
            if (channels == 1) {
                row[3 * x + 1] = row[3 * x];
                row[3 * x + 2] = row[3 * x];
            }
        }
        Arrays.fill(columns, 0);
    }
}
