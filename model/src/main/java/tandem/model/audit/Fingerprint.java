package tandem.model.audit;

import java.util.Arrays;
import java.util.zip.CRC32C;
import tandem.model.data.DecodedImage;

/**
 * The data of an image that is used to find similar images.
 *
 * @param hashes perceptual hash of the image as it is, mirrored left to right, turned upside down, and both: a bit is
 *     whether one of the 63 lowest frequencies after the mean lies above their median (DCT hash: Zauner, Implementation
 *     and benchmarking of perceptual image hash functions, 2010)
 * @param thumbnail (64, 64) brightness from 0 to 255, unsigned
 * @param digest of all pixels and the size: two images with equal digests are considered equal
 */
record Fingerprint(long[] hashes, byte[] thumbnail, long digest) {

    /** Height and width of the thumbnail. */
    static final int SIZE = 64;

    private static final int FREQUENCIES = 8;
    private static final double[][] COSINES = new double[FREQUENCIES][SIZE];

    static {
        for (int u = 0; u < FREQUENCIES; u++) {
            for (int x = 0; x < SIZE; x++) {
                COSINES[u][x] = Math.cos(Math.PI * u * (2 * x + 1) / (2 * SIZE));
            }
        }
    }

    static Fingerprint of(DecodedImage image, Luma luma) {
        float[] square = luma.square(SIZE);
        byte[] thumbnail = new byte[square.length];
        for (int i = 0; i < square.length; i++) {
            thumbnail[i] = (byte) Math.round(square[i]);
        }
        double[] frequencies = frequencies(square);
        long[] hashes = new long[4];
        for (int flip = 0; flip < hashes.length; flip++) {
            hashes[flip] = hash(frequencies, (flip & 1) != 0, (flip & 2) != 0);
        }
        CRC32C crc = new CRC32C();
        crc.update(image.rgb());
        long first = crc.getValue();
        long sum = image.width();
        for (byte value : image.rgb()) {
            sum = sum * 0x9E3779B97F4A7C15L + value;
        }
        return new Fingerprint(hashes, thumbnail, sum ^ first << 32 ^ image.height());
    }

    /**
     * The lowest frequencies of the two-dimensional discrete cosine transform (type II, not normalized), [v * 8 + u].
     */
    private static double[] frequencies(float[] square) {
        double[] rows = new double[SIZE * FREQUENCIES];
        for (int y = 0; y < SIZE; y++) {
            for (int u = 0; u < FREQUENCIES; u++) {
                double sum = 0;
                for (int x = 0; x < SIZE; x++) {
                    sum += square[y * SIZE + x] * COSINES[u][x];
                }
                rows[y * FREQUENCIES + u] = sum;
            }
        }
        double[] result = new double[FREQUENCIES * FREQUENCIES];
        for (int v = 0; v < FREQUENCIES; v++) {
            for (int u = 0; u < FREQUENCIES; u++) {
                double sum = 0;
                for (int y = 0; y < SIZE; y++) {
                    sum += rows[y * FREQUENCIES + u] * COSINES[v][y];
                }
                result[v * FREQUENCIES + u] = sum;
            }
        }
        return result;
    }

    /** Mirroring an image changes the sign of its odd frequencies. */
    private static long hash(double[] frequencies, boolean mirrored, boolean upsideDown) {
        double[] signed = new double[frequencies.length];
        for (int i = 1; i < signed.length; i++) {
            boolean negate = (mirrored && i % FREQUENCIES % 2 == 1) ^ (upsideDown && i / FREQUENCIES % 2 == 1);
            signed[i] = negate ? -frequencies[i] : frequencies[i];
        }
        double[] sorted = Arrays.copyOfRange(signed, 1, signed.length);
        Arrays.sort(sorted);
        double median = sorted[sorted.length / 2];
        long hash = 0;
        for (int i = 1; i < signed.length; i++) {
            hash |= signed[i] > median ? 1L << i : 0;
        }
        return hash;
    }

    /** The thumbnail, flipped like hash number {@code flip}. */
    float[] pixels(int flip) {
        float[] pixels = new float[SIZE * SIZE];
        for (int y = 0; y < SIZE; y++) {
            int row = (flip & 2) != 0 ? SIZE - 1 - y : y;
            for (int x = 0; x < SIZE; x++) {
                pixels[y * SIZE + x] = thumbnail[row * SIZE + ((flip & 1) != 0 ? SIZE - 1 - x : x)] & 0xFF;
            }
        }
        return pixels;
    }
}
