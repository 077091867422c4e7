package tandem.engine.cpu;

import static tandem.engine.cpu.NativeMemory.UNSAFE;

import java.util.Arrays;
import sun.misc.Unsafe;
import tandem.engine.Dnn.BatchNormShape;
import tandem.engine.Memory;
import tandem.engine.cpu.TileScratch.Parameters;

/**
 * An image seen as (rows, C) and divided into tiles, which are some consecutive rows, and chunks of consecutive tiles.
 * It depends on the sizes alone, so sums have the same order with every number of threads: in float within a chunk, in
 * double within a tile's rows and over the chunks.
 */
record ChannelTiles(int rows, int channels) {

    /** Elements of a tile, if C is not larger: all arrays of a loop fit into the nearest cache of a core. */
    private static final int TILE = 512;

    /** Elements of a chunk: its sums in float have few terms, and there are chunks for many threads. */
    private static final int CHUNK = 32 * 1024;

    /** Work on the tile of n elements that begins {@code offset} bytes behind the start of a tensor. */
    interface TileTask {
        /** Does it in {@code scratch}. */
        void run(TileScratch scratch, long offset, int n);
    }

    static ChannelTiles of(BatchNormShape shape) {
        return new ChannelTiles(Math.multiplyExact(Math.multiplyExact(shape.n(), shape.h()), shape.w()), shape.c());
    }

    private int rowsOfTile() {
        return Math.max(1, Math.min(rows, TILE / channels));
    }

    /** Elements of a tile; the last one of the tensor may have fewer. */
    int elements() {
        return rowsOfTile() * channels;
    }

    private int rowsOfChunk() {
        return rowsOfTile() * Math.max(1, CHUNK / elements());
    }

    private int chunks() {
        return (rows + rowsOfChunk() - 1) / rowsOfChunk();
    }

    /** The first element of a chunk, which is also the end of the one before. */
    private long firstOf(int chunk) {
        return Math.min(rows, (long) chunk * rowsOfChunk()) * channels;
    }

    private void forEachTile(int chunk, TileScratch scratch, TileTask task) {
        long end = firstOf(chunk + 1);
        for (long i = firstOf(chunk); i < end; i += elements()) {
            task.run(scratch, 4 * i, (int) Math.min(elements(), end - i));
        }
    }

    /** {@code task} on every tile. */
    SharedWork each(WorkerPool pool, Parameters parameters, TileTask task) {
        return new SharedWork(
                pool,
                (first, end) -> {
                    TileScratch scratch = TileScratch.of(elements(), parameters);
                    for (int chunk = first; chunk < end; chunk++) {
                        forEachTile(chunk, scratch, task);
                    }
                },
                chunks());
    }

    /**
     * {@code task}, which adds to {@link TileScratch#first} and {@link TileScratch#second}, on every tile. The sums of
     * each chunk go to {@code partials}, which {@link #sum} adds.
     */
    SharedWork sums(WorkerPool pool, Parameters parameters, Memory partials, TileTask task) {
        return new SharedWork(
                pool,
                (first, end) -> {
                    TileScratch scratch = TileScratch.of(elements(), parameters);
                    for (int chunk = first; chunk < end; chunk++) {
                        Arrays.fill(scratch.first, 0f);
                        Arrays.fill(scratch.second, 0f);
                        forEachTile(chunk, scratch, task);
                        addRows(scratch.first, partial(partials, chunk, 0));
                        addRows(scratch.second, partial(partials, chunk, 1));
                    }
                },
                chunks());
    }

    /** The address of the sums of all channels. */
    private long partial(Memory partials, int chunk, int which) {
        return partials.address() + 8L * channels * (2L * chunk + which);
    }

    private void addRows(float[] tile, long to) {
        for (int channel = 0; channel < channels; channel++) {
            double sum = 0;
            for (int i = channel; i < elements(); i += channels) {
                sum += tile[i];
            }
            UNSAFE.putDouble(to + 8L * channel, sum);
        }
    }

    /** Bytes of the sums of all chunks. */
    long partialBytes() {
        return Memory.aligned(16L * channels * chunks());
    }

    /** The first (0) or second (1) sum of a channel over all rows. */
    double sum(Memory partials, int which, int channel) {
        double sum = 0;
        for (int chunk = 0; chunk < chunks(); chunk++) {
            sum += UNSAFE.getDouble(partial(partials, chunk, which) + 8L * channel);
        }
        return sum;
    }

    /** Repeats the first C values to the end of a tile. */
    void repeat(float[] tile) {
        for (int i = channels; i < elements(); i++) {
            tile[i] = tile[i - channels];
        }
    }

    static void read(long address, float[] to, int n) {
        UNSAFE.copyMemory(null, address, to, Unsafe.ARRAY_FLOAT_BASE_OFFSET, 4L * n);
    }

    static void write(float[] from, long address, int n) {
        UNSAFE.copyMemory(from, Unsafe.ARRAY_FLOAT_BASE_OFFSET, null, address, 4L * n);
    }
}
