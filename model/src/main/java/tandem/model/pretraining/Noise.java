package tandem.model.pretraining;

import java.util.SplittableRandom;

/**
 * Smooth noise in -1 to 1 (value noise) and cellular noise (Worley 1996) over the plane. Every instance reads one table
 * of random values, which repeats every 256 units, from an offset of its own: an image is much smaller than the table.
 */
final class Noise {

    private static final int PERIOD = 256;
    private static final int WRAP = PERIOD - 1;
    private static final float[] VALUES = values();

    private final float offsetX;
    private final float offsetY;

    Noise(SplittableRandom random) {
        offsetX = PERIOD * random.nextInt(16) + PERIOD * (float) random.nextDouble();
        offsetY = PERIOD * random.nextInt(16) + PERIOD * (float) random.nextDouble();
    }

    private static float[] values() {
        SplittableRandom random = new SplittableRandom(0x7E57AB1E);
        float[] values = new float[PERIOD * PERIOD];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (2 * random.nextDouble() - 1);
        }
        return values;
    }

    /** The table's value at a lattice point. */
    static float value(int x, int y) {
        return VALUES[(y & WRAP) * PERIOD + (x & WRAP)];
    }

    /** The largest integer that is not above {@code x}. */
    static int floor(float x) {
        int whole = (int) x;
        return x < whole ? whole - 1 : whole;
    }

    /** At a point of the plane; the lattice has one value for each unit square. */
    float at(float x, float y) {
        x += offsetX;
        y += offsetY;
        int column = floor(x);
        int row = floor(y);
        float u = x - column;
        float v = y - row;
        u = u * u * (3 - 2 * u);
        v = v * v * (3 - 2 * v);
        float a = value(column, row);
        float b = value(column, row + 1);
        a += u * (value(column + 1, row) - a);
        b += u * (value(column + 1, row + 1) - b);
        return a + v * (b - a);
    }

    /** The sum of {@code octaves} layers, each of half the size of the one before and {@code gain} times its weight. */
    float fractal(float x, float y, int octaves, float gain) {
        float sum = 0;
        float weight = 1;
        float all = 0;
        for (int i = 0; i < octaves; i++) {
            sum += weight * at(x + 31.7f * i, y - 17.3f * i);
            all += weight;
            weight *= gain;
            x *= 2;
            y *= 2;
        }
        return 1.4f * sum / all;
    }

    /**
     * Cells around one random point in each unit square.
     *
     * @param border whether to return the distance to the second nearest point minus that to the nearest, which is 0 on
     *     the borders of the cells, instead of the distance to the nearest
     */
    float cells(float x, float y, boolean border) {
        x += offsetX;
        y += offsetY;
        int column = floor(x);
        int row = floor(y);
        float first = 9;
        float second = 9;
        for (int j = row - 1; j <= row + 1; j++) {
            for (int i = column - 1; i <= column + 1; i++) {
                float u = i + 0.5f + 0.45f * value(i, j) - x;
                float v = j + 0.5f + 0.45f * value(i + 101, j + 57) - y;
                float distance = u * u + v * v;
                if (distance < first) {
                    second = first;
                    first = distance;
                } else if (distance < second) {
                    second = distance;
                }
            }
        }
        float nearest = (float) Math.sqrt(first);
        return border ? (float) Math.sqrt(second) - nearest : nearest;
    }
}
