package tandem.engine.cpu;

import sun.misc.Unsafe;

/**
 * The arrays in which one thread computes a tile. They are made together and padded to whole lines of the cache, so
 * that vectors of all of them begin at the same place in a line: loops over arrays that do not take up to twice as
 * long.
 */
final class TileScratch {

    private static final int LINE = 64;
    private static final ThreadLocal<TileScratch> OF_THREAD = ThreadLocal.withInitial(TileScratch::new);

    /** What depends on the channel alone, repeated for each row of the tile. */
    record Parameters(float[] center, float[] scale, float[] shift, float[] linear, float[] constant) {

        /** Of {@code elements} elements or some more. */
        static Parameters of(int elements) {
            int n = padded(elements);
            return new Parameters(new float[n], new float[n], new float[n], new float[n], new float[n]);
        }

        private void copy(Parameters from, int n) {
            System.arraycopy(from.center, 0, center, 0, n);
            System.arraycopy(from.scale, 0, scale, 0, n);
            System.arraycopy(from.shift, 0, shift, 0, n);
            System.arraycopy(from.linear, 0, linear, 0, n);
            System.arraycopy(from.constant, 0, constant, 0, n);
        }
    }

    float[] x = {};
    float[] other = {};
    /** The two sums of each element over the tiles of a chunk. */
    float[] first = {};

    float[] second = {};
    private Parameters parameters = Parameters.of(0);

    private TileScratch() {}

    private static int padded(int elements) {
        int bytes = (Unsafe.ARRAY_FLOAT_BASE_OFFSET + 4 * elements + LINE - 1) / LINE * LINE;
        return (bytes - Unsafe.ARRAY_FLOAT_BASE_OFFSET) / 4;
    }

    /** That of the calling thread for tiles of {@code elements} elements, with a copy of {@code parameters}. */
    static TileScratch of(int elements, Parameters parameters) {
        TileScratch scratch = OF_THREAD.get();
        int n = padded(elements);
        if (scratch.x.length < n) {
            scratch.x = new float[n];
            scratch.other = new float[n];
            scratch.first = new float[n];
            scratch.second = new float[n];
            scratch.parameters = Parameters.of(elements);
        }
        scratch.parameters.copy(parameters, elements);
        return scratch;
    }

    /** The copy. */
    Parameters parameters() {
        return parameters;
    }
}
