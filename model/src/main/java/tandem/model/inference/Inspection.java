package tandem.model.inference;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tandem.model.metrics.BoxRegion;
import tandem.model.metrics.Detection;
import tandem.model.network.NetworkSettings;

/**
 * The predictions for one image, in pixels of the image. It is reusable: {@code new Inspection()} is empty and
 * allocates memory when it is first filled. It belongs to one thread at a time: threads that share an {@code Inspector}
 * have one each.
 */
public final class Inspection {

    private List<String> boxClasses = List.of();
    private List<String> maskClasses = List.of();
    private int width;
    private int height;
    private int count;
    private int[] labels = new int[0];
    private float[] scores = new float[0];
    private float[] corners = new float[0];
    private ByteBuffer mask;
    private final int[] areas = new int[256];
    private boolean counted;
    private double millimetersPerPixel;
    private final Decision decision = new Decision();
    private boolean decided;

    void begin(NetworkSettings settings, int columns, int rows, int limit, boolean withMask) {
        count = 0;
        counted = false;
        decided = false;
        ByteBuffer pixels = settings.segments() && withMask ? maskOf(Math.multiplyExact(columns, rows)) : null;
        boxClasses = settings.boxClasses();
        maskClasses = settings.maskClasses();
        width = columns;
        height = rows;
        mask = pixels;
        if (settings.detects() && labels.length < limit) {
            labels = new int[limit];
            scores = new float[limit];
            corners = new float[4 * limit];
        }
    }

    private ByteBuffer maskOf(int bytes) {
        ByteBuffer enough = mask != null && mask.capacity() >= bytes ? mask : ByteBuffer.allocateDirect(bytes);
        return enough.clear().limit(bytes);
    }

    void add(int label, float score, float left, float top, float right, float bottom) {
        labels[count] = label;
        scores[count] = score;
        corners[4 * count] = left;
        corners[4 * count + 1] = top;
        corners[4 * count + 2] = right;
        corners[4 * count + 3] = bottom;
        count++;
    }

    /** Columns of the image. */
    public int width() {
        return width;
    }

    /** Rows of the image. */
    public int height() {
        return height;
    }

    /** Number of predicted boxes; they are ordered by decreasing score. */
    public int boxes() {
        return count;
    }

    /** The class of box {@code i}, an index into the network's box classes. */
    public int label(int i) {
        return labels[within(i)];
    }

    /** The name of that class. */
    public String className(int i) {
        return boxClasses.get(label(i));
    }

    /** The score of box {@code i}, from 0 to 1. */
    public float score(int i) {
        return scores[within(i)];
    }

    /** Left edge of box {@code i} in pixels. */
    public float left(int i) {
        return corners[4 * within(i)];
    }

    /** Upper edge of box {@code i} in pixels. */
    public float top(int i) {
        return corners[4 * within(i) + 1];
    }

    /** Right edge of box {@code i} in pixels. */
    public float right(int i) {
        return corners[4 * within(i) + 2];
    }

    /** Lower edge of box {@code i} in pixels. */
    public float bottom(int i) {
        return corners[4 * within(i) + 3];
    }

    /** All boxes, for the metrics. */
    public List<Detection> detections() {
        List<Detection> detections = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            detections.add(new Detection(label(i), score(i), new BoxRegion(left(i), top(i), right(i), bottom(i))));
        }
        return detections;
    }

    /** The class of each pixel, row by row, (height, width): 0 is background; null without segmentation. */
    public ByteBuffer mask() {
        return mask;
    }

    /** The class of one pixel. */
    public int maskAt(int x, int y) {
        if (mask == null || x < 0 || x >= width || y < 0 || y >= height) {
            throw new IndexOutOfBoundsException(
                    "pixel " + x + ", " + y + (mask == null ? ": there is no mask" : " of " + width + " x " + height));
        }
        return mask.get(y * width + x) & 0xff;
    }

    /**
     * Number of pixels of a mask class, 0 for background; 0 without segmentation. Counted at the first call for an
     * image.
     */
    public int area(int value) {
        requireClass(value);
        if (!counted) {
            Arrays.fill(areas, 0);
            for (int i = 0; mask != null && i < width * height; i++) {
                areas[mask.get(i) & 0xff]++;
            }
            counted = true;
        }
        return areas[value];
    }

    /**
     * Area of a mask class.
     *
     * @throws IllegalStateException when the scale is unknown
     */
    public double squareMillimeters(int value) {
        if (millimetersPerPixel == 0) {
            throw new IllegalStateException("the scale is unknown: set millimetersPerPixel in the options");
        }
        return area(value) * millimetersPerPixel * millimetersPerPixel;
    }

    /** Sets the size of a pixel for {@link #squareMillimeters}; 0 for unknown. An inspector does so by its options. */
    public void scale(double millimeters) {
        millimetersPerPixel = millimeters;
    }

    /**
     * Whether the part passes, by the thresholds of the options or of the file beside the weights.
     *
     * @return changes with the next image
     * @throws IllegalStateException when there were no thresholds
     */
    public Decision decision() {
        if (!decided) {
            throw new IllegalStateException("there are no thresholds: write them with eval --save-thresholds, or set "
                    + "thresholds in the options");
        }
        return decision;
    }

    /** Whether there is a {@link #decision}. */
    public boolean isDecided() {
        return decided;
    }

    /**
     * Decides by these thresholds. An inspector does so by its options; this is for others.
     *
     * @throws IllegalArgumentException when they decide by boxes or masks, and this has none
     */
    public Decision decide(PartThresholds thresholds) {
        if (thresholds.boxes().isPresent() && boxClasses.isEmpty()) {
            throw new IllegalArgumentException("thresholds of boxes, for a network without boxes");
        }
        if (thresholds.masks().isPresent() && mask == null) {
            throw new IllegalArgumentException("thresholds of masks, for a result without a mask");
        }
        decision.decide(this, thresholds);
        decided = true;
        return decision;
    }

    /** Number of mask classes, the background not counted. */
    public int maskClassCount() {
        return maskClasses.size();
    }

    /** The name of a mask class: {@code background} for 0. */
    public String maskClassName(int value) {
        requireClass(value);
        return value == 0 ? "background" : maskClasses.get(value - 1);
    }

    /** A copy of the mask, or null without segmentation. */
    public byte[] maskBytes() {
        if (mask == null) {
            return null;
        }
        byte[] bytes = new byte[width * height];
        mask.get(0, bytes);
        return bytes;
    }

    private void requireClass(int value) {
        if (value < 0 || value > maskClasses.size()) {
            throw new IndexOutOfBoundsException("mask class " + value + "; there are 0 to " + maskClasses.size());
        }
    }

    private int within(int i) {
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException("box " + i + " of " + count);
        }
        return i;
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(width + " x " + height + ", " + count + " boxes");
        for (int i = 0; i < count; i++) {
            text.append(System.lineSeparator())
                    .append(className(i))
                    .append(' ')
                    .append(score(i))
                    .append(' ')
                    .append(Arrays.toString(Arrays.copyOfRange(corners, 4 * i, 4 * i + 4)));
        }
        return text.toString();
    }
}
