package tandem.engine.dnn;

import tandem.engine.KernelArguments;
import tandem.engine.operation.Divisor;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;
import tandem.kernels.KernelEntry;

/**
 * How the kernels of {@code batch_norm_lanes.cu} walk over an image, for devices where eight adjacent threads are the
 * lanes of a vector: a thread processes one channel of a chunk of rows, or two where C is a multiple of 16.
 *
 * @param rows pixels of all images
 * @param channels C
 */
public record ChannelLanes(int rows, int channels) implements ChannelWalk {

    private static final int LANES = 8;
    /** Few enough for sums in float, and enough for the threads to be worth starting. */
    private static final int ROWS_PER_CHUNK = 64;

    private record Walk(int rows, int channels, int groups, Divisor byGroups, int groupChannels, int rowsPerChunk)
            implements KernelArguments {}

    /** Rejects sizes whose indices do not fit 31 bits. */
    public ChannelLanes {
        if ((long) rows * channels > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    rows + " rows of " + channels + " channels are more than 2^31 - 1 elements");
        }
    }

    @Override
    public int rowsPerChunk() {
        return ROWS_PER_CHUNK;
    }

    private boolean pairs() {
        return channels % (2 * LANES) == 0;
    }

    /** Channels that the threads of one vector of lanes process. */
    private int groupChannels() {
        return pairs() ? 2 * LANES : LANES;
    }

    private int groups() {
        return (channels + groupChannels() - 1) / groupChannels();
    }

    @Override
    public String kernel(String name) {
        return name + (pairs() ? "_lanes2" : "_lanes");
    }

    @Override
    public String finishKernel(String name) {
        return name + "_lanes";
    }

    @Override
    public Grid partialGrid() {
        return kernel().elements((long) chunks() * groups() * LANES);
    }

    @Override
    public KernelArguments partialWalk() {
        return new Walk(rows, channels, groups(), Divisor.of(groups()), groupChannels(), rowsPerChunk());
    }

    @Override
    public Grid finishGrid() {
        return kernel().elements(channels);
    }

    @Override
    public Grid elementGrid() {
        return partialGrid();
    }

    @Override
    public KernelArguments elementWalk() {
        return partialWalk();
    }

    /** All these kernels have one block size. */
    private static KernelEntry kernel() {
        return Catalogue.find("batch_norm_apply_lanes");
    }
}
