package tandem.model.detection;

import java.util.List;
import tandem.engine.Graph;
import tandem.engine.Shape;
import tandem.engine.Tensor;

/**
 * Anchor boxes: six in each cell of each level, two sizes times the aspect ratios 1, 2 and 1/2. Their size in pixels
 * does not depend on the input size. Order: levels as given, rows, columns, then the six; the outputs of the detection
 * head follow it.
 *
 * @param width input width in pixels
 * @param height input height in pixels
 * @param strides pixels between neighboring cells of each level, finest first
 * @param values (A, 4): center x, center y, width, height, as fractions of the input's width and height, each clipped
 *     to [0, 1]
 */
public record Anchors(int width, int height, List<Integer> strides, float[] values) {

    /** Anchors of a cell. */
    public static final int PER_CELL = 6;

    /** Size in pixels of the smallest square anchor at stride 8: three times the stride. */
    public static final float BASE_SIZE = 24;

    /** The default anchors, {@link #BASE_SIZE} pixels wide at stride 8. */
    public static Anchors of(int width, int height, List<Integer> strides) {
        return of(width, height, BASE_SIZE, strides);
    }

    /**
     * Anchors for an input.
     *
     * @param baseSize size in pixels of the smallest square anchor at stride 8; it is proportional to the stride
     * @throws IllegalArgumentException when width or height is not a positive multiple of 32, or a stride or the size
     *     is not positive
     */
    public static Anchors of(int width, int height, float baseSize, List<Integer> strides) {
        if (width < 32 || height < 32 || width % 32 != 0 || height % 32 != 0) {
            throw new IllegalArgumentException("anchors for an input of " + width + " x " + height
                    + " pixels: width and height must be multiples of 32, at least 32");
        }
        if (!(baseSize > 0) || strides.isEmpty() || strides.stream().anyMatch(stride -> stride < 1)) {
            throw new IllegalArgumentException("anchors of base size " + baseSize + " at strides " + strides
                    + ": the size and every stride must be positive, and there must be one stride or more");
        }
        int count = 0;
        for (int stride : strides) {
            count = Math.addExact(count, Math.multiplyExact(cells(width, stride) * PER_CELL, cells(height, stride)));
        }
        float[] values = new float[4 * count];
        int at = 0;
        for (int stride : strides) {
            at = fillLevel(values, at, width, height, (double) baseSize * stride / 8, stride);
        }
        return new Anchors(width, height, List.copyOf(strides), values);
    }

    /** Number of cells along one dimension of a level: input size / stride, rounded up. */
    static int cells(int size, int stride) {
        return (size + stride - 1) / stride;
    }

    private static int fillLevel(float[] values, int start, int width, int height, double size, int stride) {
        int columns = cells(width, stride);
        int rows = cells(height, stride);
        double[] sizes = {size, size * Math.sqrt(2)};
        double[] stretches = {1, Math.sqrt(2), Math.sqrt(0.5)};
        int at = start;
        for (int row = 0; row < rows; row++) {
            for (int column = 0; column < columns; column++) {
                for (double side : sizes) {
                    for (double stretch : stretches) {
                        values[at++] = (float) ((column + 0.5) / columns);
                        values[at++] = (float) ((row + 0.5) / rows);
                        values[at++] = (float) Math.min(1, side * stretch / width);
                        values[at++] = (float) Math.min(1, side / stretch / height);
                    }
                }
            }
        }
        return at;
    }

    /** A, the number of anchors. */
    int count() {
        return values.length / 4;
    }

    /** The anchors as a constant (A, 4) of a graph. */
    public Tensor constant(Graph graph) {
        return graph.constant("anchors", Shape.of(count(), 4), values);
    }
}
