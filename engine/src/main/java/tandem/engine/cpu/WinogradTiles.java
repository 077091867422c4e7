package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.KernelArguments;
import tandem.engine.Memory;
import tandem.engine.operation.Divisor;

/**
 * The tiles of M x M pixels that cover the outputs of a convolution, and the chunks in which they are transformed and
 * multiplied, so that the transformed data of a chunk stay in the cache.
 *
 * @param size M, 2 or 4
 * @param images N
 * @param rows tiles of a column of an image
 * @param columns tiles of a row of an image
 * @param chunks how many chunks there are; their numbers of tiles differ by at most one
 * @param lanes how many groups of as many chunks there are, each for one thread at a time; 1 where all threads work on
 *     the same chunk
 */
record WinogradTiles(int size, int images, int rows, int columns, int chunks, int lanes) {

    /** Matrices start that many floats after a multiple of 4096 bytes, each in another set of the cache. */
    private static final int SHIFT = 32;

    /** Tiles {@code first} to {@code first + count - 1}. */
    record Chunk(int first, int count) {}

    static WinogradTiles covering(int size, int images, int h, int w, int maxChunk, int lanes) {
        int rows = (h + size - 1) / size;
        int columns = (w + size - 1) / size;
        int all = Math.multiplyExact(Math.multiplyExact(images, rows), columns);
        int chunks = ((all + maxChunk - 1) / maxChunk + lanes - 1) / lanes * lanes;
        return new WinogradTiles(size, images, rows, columns, chunks, lanes);
    }

    /** The lane of a chunk. */
    int lane(int chunk) {
        return chunk / (chunks / lanes);
    }

    /** Whether it is the first chunk of its lane. */
    boolean startsLane(int chunk) {
        return chunk % (chunks / lanes) == 0;
    }

    /** Maximum number of tiles of a chunk. */
    int chunk() {
        return (count() + chunks - 1) / chunks;
    }

    int count() {
        return images * rows * columns;
    }

    /** Matrices that a tile contributes a row to. */
    int products() {
        return (size + 2) * (size + 2);
    }

    /** Floats between matrices of {@code rows} x {@code columns}. */
    static int step(int rows, int columns) {
        int page = 4096 / Float.BYTES;
        return Math.toIntExact(((long) rows * columns + page - 1) / page * page + SHIFT);
    }

    /** Bytes of the transformed {@code channels} of a chunk. */
    long bytes(int channels) {
        return matrices(step(chunk(), channels));
    }

    /** Bytes of all matrices. */
    long matrices(int step) {
        return Memory.aligned((long) products() * step * Float.BYTES);
    }

    List<Chunk> list() {
        List<Chunk> list = new ArrayList<>();
        for (long i = 0; i < chunks; i++) {
            int first = (int) (i * count() / chunks);
            list.add(new Chunk(first, (int) ((i + 1) * count() / chunks) - first));
        }
        return list;
    }

    /** What the kernels take to find the pixels of a tile of an image (N, h, w, channels). */
    record Walk(
            int n,
            int step,
            int first,
            int channels,
            Divisor byChannels,
            int h,
            int w,
            Object[] padding,
            int rows,
            Divisor byRows,
            int columns,
            Divisor byColumns)
            implements KernelArguments {}

    /** @param padding empty for the kernels that write an image */
    Walk walk(Chunk tiles, int h, int w, int channels, Integer... padding) {
        return new Walk(
                tiles.count() * channels,
                step(chunk(), channels),
                tiles.first(),
                channels,
                Divisor.of(channels),
                h,
                w,
                padding,
                rows,
                Divisor.of(rows),
                columns,
                Divisor.of(columns));
    }
}
