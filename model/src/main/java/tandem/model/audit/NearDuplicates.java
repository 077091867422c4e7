package tandem.model.audit;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Finds pairs of images that are equal except for re-encoding, size, brightness or mirroring. Perceptual hashes propose
 * pairs; the pixels of the thumbnails decide. Both the whole thumbnails and their fine detail, without the low
 * frequencies, must agree: two images of one fixed scene agree only as a whole.
 */
final class NearDuplicates {

    /** Hashes of an image and its re-encoding differ in a few of 63 bits, those of unrelated images in about 31. */
    private static final int MAX_BITS = 10;

    private static final double MIN_WHOLE = 0.95;
    private static final double MIN_DETAIL = 0.9;
    private static final int BLUR = 2;
    /**
     * Maximum number of compared pairs, the most probable first, which limits the time for thousands of images of one
     * scene.
     */
    static final int MAX_PAIRS = 100_000;

    private static final double FLAT = 1e-3;

    private NearDuplicates() {}

    private record Candidate(int a, int b, int flip, int bits) {}

    /** Two equal images, by position; {@code detail} is the correlation of their fine detail. */
    record Pair(int a, int b, int flip, boolean samePixels, double whole, double detail) {}

    /**
     * The pairs found.
     *
     * @param pairs in the order of the images
     * @param unseen pairs that the hashes proposed but that were not compared
     */
    record Found(List<Pair> pairs, int unseen) {}

    static Found find(List<Fingerprint> prints) {
        long[][] hashes = prints.stream().map(Fingerprint::hashes).toArray(long[][]::new);
        List<Candidate> candidates = new ArrayList<>(IntStream.range(0, hashes.length)
                .parallel()
                .boxed()
                .flatMap(i -> likely(hashes, i).stream())
                .toList());
        candidates.sort(Comparator.comparingInt(Candidate::bits)
                .thenComparingInt(Candidate::a)
                .thenComparingInt(Candidate::b));
        int seen = Math.min(MAX_PAIRS, candidates.size());
        List<Pair> pairs = candidates.subList(0, seen).parallelStream()
                .map(candidate -> compare(candidate, prints.get(candidate.a), prints.get(candidate.b)))
                .filter(pair -> pair.samePixels || pair.whole >= MIN_WHOLE && pair.detail >= MIN_DETAIL)
                .sorted(Comparator.comparingInt(Pair::a).thenComparingInt(Pair::b))
                .toList();
        return new Found(pairs, candidates.size() - seen);
    }

    private static List<Candidate> likely(long[][] hashes, int i) {
        List<Candidate> likely = new ArrayList<>();
        for (int j = i + 1; j < hashes.length; j++) {
            int best = 64;
            int flip = 0;
            for (int f = 0; f < 4; f++) {
                int bits = Long.bitCount(hashes[i][0] ^ hashes[j][f]);
                if (bits < best) {
                    best = bits;
                    flip = f;
                }
            }
            if (best <= MAX_BITS) {
                likely.add(new Candidate(i, j, flip, best));
            }
        }
        return likely;
    }

    private static Pair compare(Candidate candidate, Fingerprint a, Fingerprint b) {
        float[] first = a.pixels(0);
        float[] second = b.pixels(candidate.flip);
        return new Pair(
                candidate.a,
                candidate.b,
                candidate.flip,
                a.digest() == b.digest(),
                correlation(first, second),
                correlation(detail(first), detail(second)));
    }

    /** Pearson's correlation; 1 when both are constant, 0 when one is. */
    private static double correlation(float[] a, float[] b) {
        double meanA = 0;
        double meanB = 0;
        for (int i = 0; i < a.length; i++) {
            meanA += a[i];
            meanB += b[i];
        }
        meanA /= a.length;
        meanB /= a.length;
        double product = 0;
        double squaresA = 0;
        double squaresB = 0;
        for (int i = 0; i < a.length; i++) {
            product += (a[i] - meanA) * (b[i] - meanB);
            squaresA += (a[i] - meanA) * (a[i] - meanA);
            squaresB += (b[i] - meanB) * (b[i] - meanB);
        }
        boolean flatA = squaresA / a.length < FLAT;
        boolean flatB = squaresB / a.length < FLAT;
        if (flatA || flatB) {
            return flatA && flatB && Math.abs(meanA - meanB) < 1 ? 1 : 0;
        }
        return product / Math.sqrt(squaresA * squaresB);
    }

    /** The pixels minus the mean of the 5 x 5 neighborhood of each, smaller at the border. */
    private static float[] detail(float[] pixels) {
        int size = Fingerprint.SIZE;
        float[] rows = new float[pixels.length];
        float[] detail = new float[pixels.length];
        for (int y = 0; y < size; y++) {
            for (int x = 0; x < size; x++) {
                int from = Math.max(0, x - BLUR);
                int to = Math.min(size - 1, x + BLUR);
                float sum = 0;
                for (int i = from; i <= to; i++) {
                    sum += pixels[y * size + i];
                }
                rows[y * size + x] = sum / (to - from + 1);
            }
        }
        for (int y = 0; y < size; y++) {
            int from = Math.max(0, y - BLUR);
            int to = Math.min(size - 1, y + BLUR);
            for (int x = 0; x < size; x++) {
                float sum = 0;
                for (int i = from; i <= to; i++) {
                    sum += rows[i * size + x];
                }
                detail[y * size + x] = pixels[y * size + x] - sum / (to - from + 1);
            }
        }
        return detail;
    }
}
