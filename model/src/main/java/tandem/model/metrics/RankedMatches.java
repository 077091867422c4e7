package tandem.model.metrics;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The detections of one class over all images, each with its matches: a growing table of primitive columns. They are
 * ranked by decreasing score, equal scores by image number and position in the image, so that the figures do not depend
 * on the order in which images are added.
 */
final class RankedMatches {

    private final int flagsPerRow;
    private double[] scores = new double[64];
    private long[] images = new long[64];
    private int[] positions = new int[64];
    private int[] flags;
    private int size;

    /** An empty table whose rows have {@code flagsPerRow} integers each. */
    RankedMatches(int flagsPerRow) {
        this.flagsPerRow = flagsPerRow;
        this.flags = new int[64 * flagsPerRow];
    }

    /** Appends a row and returns its number; its flags are 0. */
    int add(double score, long image, int position) {
        if (size == scores.length) {
            int capacity = Math.multiplyExact(size, 2);
            scores = Arrays.copyOf(scores, capacity);
            images = Arrays.copyOf(images, capacity);
            positions = Arrays.copyOf(positions, capacity);
            flags = Arrays.copyOf(flags, Math.multiplyExact(capacity, flagsPerRow));
        }
        scores[size] = score;
        images[size] = image;
        positions[size] = position;
        return size++;
    }

    void setFlags(int row, int column, int value) {
        flags[row * flagsPerRow + column] = value;
    }

    int flags(int row, int column) {
        return flags[row * flagsPerRow + column];
    }

    double score(int row) {
        return scores[row];
    }

    int position(int row) {
        return positions[row];
    }

    int size() {
        return size;
    }

    /** All rows by decreasing score. */
    int[] ranking() {
        return IntStream.range(0, size)
                .boxed()
                .sorted((a, b) -> {
                    int order = Double.compare(scores[b], scores[a]);
                    if (order == 0) {
                        order = Long.compare(images[a], images[b]);
                    }
                    return order != 0 ? order : Integer.compare(positions[a], positions[b]);
                })
                .mapToInt(Integer::intValue)
                .toArray();
    }
}
