package tandem.model.synthetic;

import java.util.SplittableRandom;

/** Smooth noise on a lattice of random values, in -1 to 1 (value noise), the same on every machine. */
final class Noise {

    private final long seed;

    Noise(SplittableRandom random) {
        seed = random.nextLong();
    }

    /** At a point of the plane; the lattice has one value for each unit square. */
    double at(double x, double y) {
        double floorX = Math.floor(x);
        double floorY = Math.floor(y);
        long ix = (long) floorX;
        long iy = (long) floorY;
        double u = smooth(x - floorX);
        double v = smooth(y - floorY);
        double upper = value(ix, iy) + u * (value(ix + 1, iy) - value(ix, iy));
        double lower = value(ix, iy + 1) + u * (value(ix + 1, iy + 1) - value(ix, iy + 1));
        return upper + v * (lower - upper);
    }

    /** The sum of {@code octaves} layers, each of half the size and half the strength of the one before. */
    double fractal(double x, double y, int octaves) {
        double sum = 0;
        double weight = 1;
        double all = 0;
        for (int i = 0; i < octaves; i++) {
            sum += weight * at(x + 31.7 * i, y - 17.3 * i);
            all += weight;
            weight /= 2;
            x *= 2;
            y *= 2;
        }
        return sum / all;
    }

    private static double smooth(double t) {
        return t * t * (3 - 2 * t);
    }

    private double value(long ix, long iy) {
        long z = seed + ix * 0x9E3779B97F4A7C15L + iy * 0xD1B54A32D192ED03L;
        z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
        z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
        z ^= z >>> 31;
        return (z >> 11) * 0x1.0p-52;
    }
}
