package tandem.engine.dnn;

import tandem.engine.Dnn;
import tandem.engine.KernelArguments;
import tandem.engine.Memory;
import tandem.engine.operation.Divisor;
import tandem.kernels.Catalogue;
import tandem.kernels.Grid;

/**
 * An image seen as (rows, C), and how the kernels of {@code channels.cuh} walk over it. It depends on the sizes alone,
 * so sums have the same order on every GPU.
 *
 * @param rows pixels of all images
 * @param channels C
 */
public record ChannelRows(int rows, int channels) implements ChannelWalk {

    private static final int MAX_LANES = 32;
    private static final int MAX_BLOCKS = 512;
    private static final int MIN_STEPS = 8;
    private static final int CHANNELS_OF_FINISH = 8;

    /** Rejects sizes whose indices do not fit 31 bits. */
    public ChannelRows {
        if ((long) rows * channels > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    rows + " rows of " + channels + " channels are more than 2^31 - 1 elements");
        }
    }

    private record PartialWalk(int rows, int vectors, int laneShift, int rowsPerChunk) implements KernelArguments {}

    private record ElementWalk(int threads, int vectors, Divisor byVectors) implements KernelArguments {}

    /** Of (N, H, W, C). */
    public static ChannelRows of(int n, int h, int w, int c) {
        return new ChannelRows(Math.multiplyExact(Math.multiplyExact(n, h), w), c);
    }

    public static ChannelRows of(Dnn.BatchNormShape shape) {
        return of(shape.n(), shape.h(), shape.w(), shape.c());
    }

    public boolean fours() {
        return channels % 4 == 0;
    }

    @Override
    public String kernel(String name) {
        return fours() ? name + "4" : name;
    }

    @Override
    public String finishKernel(String name) {
        return name;
    }

    /** Vectors of a row. */
    public int vectors() {
        return fours() ? channels / 4 : channels;
    }

    /** Vectors in all, a thread for each in the element-wise kernels. */
    public int threads() {
        return rows * vectors();
    }

    public Divisor divisor() {
        return Divisor.of(vectors());
    }

    /** log2 of the vectors of a row that a block works on. */
    public int laneShift() {
        int lanes = Math.min(MAX_LANES, vectors());
        return 32 - Integer.numberOfLeadingZeros(lanes - 1);
    }

    /** Threads of a block, the same for all kernels of {@code channels.cuh}. */
    private static int blockThreads() {
        return Catalogue.find("channel_sums").threads();
    }

    private int tiles() {
        return (vectors() + (1 << laneShift()) - 1) >> laneShift();
    }

    @Override
    public int rowsPerChunk() {
        int step = blockThreads() >> laneShift();
        int blocks = Math.max(1, MAX_BLOCKS / tiles());
        int steps = Math.max(MIN_STEPS, (int) (((long) rows + (long) step * blocks - 1) / ((long) step * blocks)));
        return step * steps;
    }

    @Override
    public Grid partialGrid() {
        return new Grid(chunks(), tiles(), 1, blockThreads(), 1, 1);
    }

    @Override
    public KernelArguments partialWalk() {
        return new PartialWalk(rows, vectors(), laneShift(), rowsPerChunk());
    }

    @Override
    public Grid finishGrid() {
        return Grid.of((channels + CHANNELS_OF_FINISH - 1) / CHANNELS_OF_FINISH, blockThreads());
    }

    @Override
    public Grid elementGrid() {
        return Catalogue.find("batch_norm_apply").elements(threads());
    }

    @Override
    public KernelArguments elementWalk() {
        return new ElementWalk(threads(), vectors(), divisor());
    }

    /** Bytes of one vector of C floats, aligned. */
    public long vectorBytes() {
        return Memory.aligned(4L * channels);
    }
}
