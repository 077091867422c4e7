package tandem.model.detection;

import java.util.Arrays;
import java.util.random.RandomGenerator;

/**
 * Ground truth of a batch on the host, padded as {@link GroundTruth} is; the padding holds what must never be read as a
 * box.
 *
 * @param corners (N, G, 4)
 * @param labels (N, G)
 * @param counts (N)
 */
record Boxes(float[] corners, int[] labels, int[] counts) {

    int limit() {
        return labels.length / counts.length;
    }

    double[] box(int image, int g) {
        int at = 4 * (image * limit() + g);
        return new double[] {corners[at], corners[at + 1], corners[at + 2], corners[at + 3]};
    }

    int label(int image, int g) {
        return labels[image * limit() + g];
    }

    /**
     * Boxes of mixed sizes, {@code counts[i]} in image i, none of which overlaps two anchors equally well up to the
     * rounding of single precision (as a small box within several anchors does), so that their best anchors are beyond
     * doubt.
     */
    static Boxes random(RandomGenerator random, Anchors anchors, int classes, int limit, int... counts) {
        float[] corners = new float[counts.length * limit * 4];
        int[] labels = new int[counts.length * limit];
        Arrays.fill(corners, Float.NaN);
        Arrays.fill(labels, 12345);
        for (int n = 0; n < counts.length; n++) {
            for (int g = 0; g < counts[n]; g++) {
                int at = n * limit + g;
                float[] box = box(random);
                while (lead(box, anchors) < 1e-5) {
                    box = box(random);
                }
                System.arraycopy(box, 0, corners, 4 * at, 4);
                labels[at] = random.nextInt(classes);
            }
        }
        return new Boxes(corners, labels, counts);
    }

    private static float[] box(RandomGenerator random) {
        double width = 0.03 + 0.6 * Math.pow(random.nextDouble(), 2);
        double height = 0.03 + 0.6 * Math.pow(random.nextDouble(), 2);
        double x = random.nextDouble() * (1 - width);
        double y = random.nextDouble() * (1 - height);
        return new float[] {(float) x, (float) y, (float) (x + width), (float) (y + height)};
    }

    /** By how much the best anchor's overlap exceeds the second best's. */
    private static double lead(float[] box, Anchors anchors) {
        double[] overlaps = new double[anchors.count()];
        Arrays.setAll(
                overlaps, a -> Geometry.iou(Geometry.row(box, 0), Geometry.corners(Geometry.row(anchors.values(), a))));
        Arrays.sort(overlaps);
        return overlaps[overlaps.length - 1] - overlaps[overlaps.length - 2];
    }
}
