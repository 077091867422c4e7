package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Memory;

/**
 * A part of the output of a forward convolution: some rows with all channels, or all rows with some channels. Parts by
 * rows are for one image, whose rows lie one after the other.
 *
 * @param firstInputRow first row of the input that is read
 * @param inputRows how many are read
 * @param paddingAbove rows of zeros above these
 * @param paddingBelow rows of zeros below these
 * @param firstRow first row of the output
 * @param rows how many there are
 * @param firstChannel first channel of the output, and first filter
 * @param channels how many there are
 */
record ConvolutionPart(
        int firstInputRow,
        int inputRows,
        int paddingAbove,
        int paddingBelow,
        int firstRow,
        int rows,
        int firstChannel,
        int channels) {

    /** Parts by channels have a multiple of so many: fewer filters at once are slower. */
    private static final int CHANNEL_BLOCK = 64;

    /** Larger filters than these do not stay in a core's own cache, so that each core should read a part of them. */
    private static final long LARGE_FILTER_BYTES = 256L << 10;

    // Written out, as what the JVM generates for records takes milliseconds at the start of a process.
    @Override
    public boolean equals(Object other) {
        return other instanceof ConvolutionPart that
                && firstInputRow == that.firstInputRow
                && inputRows == that.inputRows
                && paddingAbove == that.paddingAbove
                && paddingBelow == that.paddingBelow
                && firstRow == that.firstRow
                && rows == that.rows
                && firstChannel == that.firstChannel
                && channels == that.channels;
    }

    @Override
    public int hashCode() {
        return ((firstRow * 31 + rows) * 31 + firstChannel) * 31 + channels;
    }

    /** The whole output. */
    static ConvolutionPart whole(ConvolutionShape shape) {
        return new ConvolutionPart(0, shape.h(), shape.padding(), shape.padding(), 0, shape.outputH(), 0, shape.k());
    }

    /**
     * Divides the output for one image among some threads: by channels where the filters are what is read most, else by
     * rows.
     *
     * @return at most {@code count} parts; one where the output cannot be divided
     */
    static List<ConvolutionPart> of(ConvolutionShape shape, int count) {
        boolean manyFilters = Float.BYTES * shape.filterElements() > LARGE_FILTER_BYTES
                && shape.filterElements() > shape.inputElements() + shape.outputElements();
        return manyFilters && shape.k() % CHANNEL_BLOCK == 0 && shape.k() >= 2 * CHANNEL_BLOCK
                ? byChannels(shape, Math.min(count, shape.k() / CHANNEL_BLOCK))
                : byRows(shape, Math.min(count, shape.outputH()));
    }

    private static List<ConvolutionPart> byChannels(ConvolutionShape shape, int count) {
        int blocks = shape.k() / CHANNEL_BLOCK;
        ConvolutionPart whole = whole(shape);
        List<ConvolutionPart> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int first = i * blocks / count * CHANNEL_BLOCK;
            int end = (i + 1) * blocks / count * CHANNEL_BLOCK;
            parts.add(new ConvolutionPart(
                    0, whole.inputRows, whole.paddingAbove, whole.paddingBelow, 0, whole.rows, first, end - first));
        }
        return parts;
    }

    /** Parts by rows; one where the output cannot be divided. */
    static List<ConvolutionPart> byRows(ConvolutionShape shape, int count) {
        List<ConvolutionPart> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int first = i * shape.outputH() / count;
            int rows = (i + 1) * shape.outputH() / count - first;
            int above = first * shape.stride() - shape.padding();
            int below = above + (rows - 1) * shape.stride() + shape.r();
            int firstInput = Math.max(0, above);
            int endInput = Math.min(shape.h(), below);
            if (endInput <= firstInput) {
                return List.of(whole(shape));
            }
            parts.add(new ConvolutionPart(
                    firstInput,
                    endInput - firstInput,
                    firstInput - above,
                    below - endInput,
                    first,
                    rows,
                    0,
                    shape.k()));
        }
        return parts;
    }

    /** Whether it has all filters. */
    boolean hasAllChannels(ConvolutionShape shape) {
        return channels == shape.k();
    }

    /** What it reads and writes of x, filter, bias, residual and y of the whole convolution of one image. */
    Memory[] of(ConvolutionShape shape, Memory[] whole) {
        long filter = (long) Float.BYTES * shape.r() * shape.s() * shape.c();
        return new Memory[] {
            input(shape, whole[0], Float.BYTES),
            whole[1].slice(firstChannel * filter, channels * filter),
            whole[2].bytes() == 0
                    ? Memory.NONE
                    : whole[2].slice((long) Float.BYTES * firstChannel, (long) Float.BYTES * channels),
            whole[3].bytes() == 0 ? Memory.NONE : output(shape, whole[3], Float.BYTES),
            output(shape, whole[4], Float.BYTES)
        };
    }

    /** The rows of the input that it reads; all images where it is the whole. */
    Memory input(ConvolutionShape shape, Memory whole, int valueBytes) {
        return rows(whole, firstInputRow, inputRows, (long) valueBytes * shape.n() * shape.w() * shape.c());
    }

    /** Its rows, with all channels. */
    Memory output(ConvolutionShape shape, Memory whole, int valueBytes) {
        return rows(whole, firstRow, rows, (long) valueBytes * shape.n() * shape.outputW() * shape.k());
    }

    private static Memory rows(Memory whole, int first, int count, long bytes) {
        return whole.slice(first * bytes, count * bytes);
    }
}
