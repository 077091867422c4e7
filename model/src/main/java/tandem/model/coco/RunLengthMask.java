package tandem.model.coco;

import java.util.Arrays;
import java.util.List;
import tandem.kernels.text.Excerpt;

/**
 * A mask of one object as COCO stores it: lengths of alternating runs of background and object, background first, down
 * the columns from left to right.
 */
public final class RunLengthMask {

    private final int width;
    private final int height;
    private final int[] runs;

    /**
     * COCO's uncompressed form.
     *
     * @param runs lengths of the runs, the first of background; they add up to {@code width * height}
     * @throws IllegalArgumentException when they do not, or one is negative
     */
    public RunLengthMask(int width, int height, int[] runs) {
        long sum = 0;
        for (int run : runs) {
            if (run < 0) {
                throw new IllegalArgumentException("run-length mask with a run of " + run);
            }
            sum += run;
        }
        if (width < 0 || height < 0 || sum != (long) width * height) {
            throw new IllegalArgumentException("run-length mask of %d x %d pixels has runs over %d pixels, expected %d"
                    .formatted(width, height, sum, (long) width * height));
        }
        this.width = width;
        this.height = height;
        this.runs = runs.clone();
    }

    /** The pixels of {@code mask}, (height, width), that have the value {@code label}. */
    public static RunLengthMask ofMask(byte[] mask, int width, int height, int label) {
        if (mask.length != (long) width * height) {
            throw new IllegalArgumentException(
                    "mask of %d x %d pixels has %d bytes".formatted(width, height, mask.length));
        }
        int[] runs = new int[16];
        int count = 0;
        int length = 0;
        boolean object = false;
        for (int x = 0; x < width; x++) {
            for (int y = 0; y < height; y++) {
                if (((mask[y * width + x] & 0xff) == label) != object) {
                    runs = append(runs, count++, length);
                    length = 0;
                    object = !object;
                }
                length++;
            }
        }
        runs = append(runs, count++, length);
        return new RunLengthMask(width, height, Arrays.copyOf(runs, count));
    }

    /**
     * COCO's compressed text: each run, from the fourth on as the difference from the run two before, in groups of five
     * bits, lowest first; a character is 48 plus the group, plus 32 when more groups follow; the top bit of the last
     * group is the sign.
     *
     * @throws IllegalArgumentException when the text is truncated, contains another character, or does not fill the
     *     image
     */
    public static RunLengthMask parse(int width, int height, String text) {
        int[] runs = new int[16];
        int count = 0;
        int at = 0;
        while (at < text.length()) {
            long value = 0;
            int shift = 0;
            int group;
            do {
                if (at == text.length() || shift > 35) {
                    throw new IllegalArgumentException(
                            "compressed run-length mask ends within a number: \"" + Excerpt.of(text) + '"');
                }
                group = text.charAt(at++) - 48;
                if (group < 0 || group > 63) {
                    throw new IllegalArgumentException("compressed run-length mask with the character '%s' at %d"
                            .formatted(text.charAt(at - 1), at - 1));
                }
                value |= (long) (group & 31) << shift;
                shift += 5;
            } while ((group & 32) != 0);
            if ((group & 16) != 0) {
                value |= -1L << shift;
            }
            if (count > 2) {
                value += runs[count - 2];
            }
            if (value < 0 || value > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("compressed run-length mask with a run of " + value);
            }
            runs = append(runs, count++, (int) value);
        }
        return new RunLengthMask(width, height, Arrays.copyOf(runs, count));
    }

    /** The text that {@link #parse} reads. */
    public String compress() {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < runs.length; i++) {
            int value = i > 2 ? runs[i] - runs[i - 2] : runs[i];
            boolean more;
            do {
                int group = value & 31;
                value >>= 5;
                more = (group & 16) != 0 ? value != -1 : value != 0;
                text.append((char) (48 + group + (more ? 32 : 0)));
            } while (more);
        }
        return text.toString();
    }

    /** The pixels inside any of the polygons, each (x0, y0, x1, y1, ...), in COCO's discretisation. */
    public static RunLengthMask ofPolygons(int width, int height, double[]... polygons) {
        if (polygons.length == 0) {
            return new RunLengthMask(width, height, new int[] {Math.multiplyExact(width, height)});
        }
        return ofPolygons(width, height, Arrays.asList(polygons));
    }

    /** Halves are united, not one polygon after the other: the cost is then nearly linear in the number of runs. */
    private static RunLengthMask ofPolygons(int width, int height, List<double[]> polygons) {
        int count = polygons.size();
        return count == 1
                ? new PolygonOutline(polygons.get(0)).fill(width, height)
                : ofPolygons(width, height, polygons.subList(0, count / 2))
                        .union(ofPolygons(width, height, polygons.subList(count / 2, count)));
    }

    private static int[] append(int[] runs, int count, int run) {
        int[] result = count == runs.length ? Arrays.copyOf(runs, 2 * count) : runs;
        result[count] = run;
        return result;
    }

    /** Pixels of the image along x. */
    public int width() {
        return width;
    }

    /** Pixels of the image along y. */
    public int height() {
        return height;
    }

    /** A copy of the runs, background first. */
    public int[] runs() {
        return runs.clone();
    }

    /** The mask as pixels, (height, width), 1 in the object and 0 elsewhere. */
    public byte[] toMask() {
        byte[] mask = new byte[width * height];
        paint(mask, (byte) 1);
        return mask;
    }

    /** Sets the pixels of the object, and no others, in a (height, width) mask. */
    public void paint(byte[] mask, byte value) {
        int end = 0;
        for (int i = 0; i + 1 < runs.length; i += 2) {
            int start = end + runs[i];
            end = start + runs[i + 1];
            int column = height == 0 ? 0 : start / height;
            int row = start - column * height;
            for (int at = start, pixel = row * width + column; at < end; at++) {
                mask[pixel] = value;
                pixel += width;
                if (++row == height) {
                    row = 0;
                    pixel = ++column;
                }
            }
        }
    }

    /** Pixels of the object. */
    public long area() {
        long sum = 0;
        for (int i = 1; i < runs.length; i += 2) {
            sum += runs[i];
        }
        return sum;
    }

    /**
     * A box of whole pixels.
     *
     * @param left first column
     * @param top first row
     * @param right column after the last
     * @param bottom row after the last
     */
    public record Bounds(int left, int top, int right, int bottom) {}

    /** The smallest box around the object; an empty box at (0, 0) for an empty mask. */
    public Bounds bounds() {
        int left = width;
        int top = height;
        int right = 0;
        int bottom = 0;
        int at = 0;
        for (int i = 0; i < runs.length; i++) {
            if (i % 2 == 1 && runs[i] > 0) {
                int last = at + runs[i] - 1;
                boolean oneColumn = at / height == last / height;
                left = Math.min(left, at / height);
                right = Math.max(right, last / height + 1);
                top = Math.min(top, oneColumn ? at % height : 0);
                bottom = Math.max(bottom, oneColumn ? last % height + 1 : height);
            }
            at += runs[i];
        }
        return right == 0 ? new Bounds(0, 0, 0, 0) : new Bounds(left, top, right, bottom);
    }

    /** Pixels in this object or the other. */
    public RunLengthMask union(RunLengthMask other) {
        requireSameSize(other);
        int[] union = new int[runs.length + other.runs.length + 1];
        int count = 0;
        int i = 0;
        int j = 0;
        long endA = runs.length == 0 ? 0 : runs[0];
        long endB = other.runs.length == 0 ? 0 : other.runs[0];
        long at = 0;
        long start = 0;
        while (i < runs.length && j < other.runs.length) {
            boolean inside = i % 2 == 1 || j % 2 == 1;
            long end = Math.min(endA, endB);
            if (end > at && inside != (count % 2 == 1)) {
                union[count++] = (int) (at - start);
                start = at;
            }
            at = end;
            if (endA == end && ++i < runs.length) {
                endA += runs[i];
            }
            if (endB == end && ++j < other.runs.length) {
                endB += other.runs[j];
            }
        }
        union[count++] = (int) ((long) width * height - start);
        return new RunLengthMask(width, height, Arrays.copyOf(union, count));
    }

    /** Pixels in both objects. */
    public long intersection(RunLengthMask other) {
        requireSameSize(other);
        long shared = 0;
        int i = 0;
        int j = 0;
        long endA = runs.length == 0 ? 0 : runs[0];
        long endB = other.runs.length == 0 ? 0 : other.runs[0];
        long at = 0;
        while (i < runs.length && j < other.runs.length) {
            long end = Math.min(endA, endB);
            if (i % 2 == 1 && j % 2 == 1) {
                shared += end - at;
            }
            at = end;
            if (endA == end && ++i < runs.length) {
                endA += runs[i];
            }
            if (endB == end && ++j < other.runs.length) {
                endB += other.runs[j];
            }
        }
        return shared;
    }

    /**
     * Intersection over union with a true object. Against a crowd, the union is this object alone (COCO).
     *
     * @return a number in [0, 1]; 0 when they do not touch
     * @throws IllegalArgumentException when the other is of an image of another size
     */
    public double overlap(RunLengthMask truth, boolean crowd) {
        long shared = intersection(truth);
        return shared == 0 ? 0 : (double) shared / (crowd ? area() : area() + truth.area() - shared);
    }

    private void requireSameSize(RunLengthMask other) {
        if (width != other.width || height != other.height) {
            throw new IllegalArgumentException("masks of %d x %d and %d x %d pixels cannot be compared"
                    .formatted(width, height, other.width, other.height));
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RunLengthMask mask
                && width == mask.width
                && height == mask.height
                && Arrays.equals(runs, mask.runs);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(runs);
    }
}
