package tandem.model.inference;

import java.util.Arrays;

/**
 * Merges the boxes of overlapping tiles. A box that ends at the border of its tile, where the image continues, is cut.
 * Two cut boxes of a class that continue each other across a border, with at least half of their extent along it in
 * common, are parts of one object: they become one box with the larger score. A cut box of which a complete or larger
 * box covers at least half, with at least half its score, is a part of that object and is dropped. Then boxes are
 * suppressed by their overlap, as in one image.
 */
final class SeamBoxes {

    private static final int LEFT = 1;
    private static final int TOP = 2;
    private static final int RIGHT = 4;
    private static final int BOTTOM = 8;
    private static final float COMMON = 0.5f;
    private static final int REMOVED = -1;

    private final float maxIou;
    private final boolean classAgnostic;
    private int count;
    private int[] labels = new int[64];
    private int[] cuts = new int[64];
    private int[] parents = new int[64];
    private float[] scores = new float[64];
    private float[] corners = new float[4 * 64];

    SeamBoxes(float maxIou, boolean classAgnostic) {
        this.maxIou = maxIou;
        this.classAgnostic = classAgnostic;
    }

    void clear() {
        count = 0;
    }

    /** A tile in pixels of the image, which can be set again. */
    static final class Tile {

        private int left;
        private int top;
        private int right;
        private int bottom;
        /** Which of its borders are inside the image. */
        private int inner;

        /** Sets it; {@code more} says whether the image continues below it. Returns this. */
        Tile set(int newLeft, int newTop, int width, int height, int imageWidth, boolean more) {
            left = newLeft;
            top = newTop;
            right = newLeft + width;
            bottom = newTop + height;
            inner = (left > 0 ? LEFT : 0)
                    | (top > 0 ? TOP : 0)
                    | (right < imageWidth ? RIGHT : 0)
                    | (more ? BOTTOM : 0);
            return this;
        }

        int left() {
            return left;
        }

        int top() {
            return top;
        }
    }

    /**
     * Adds a box of a tile.
     *
     * @param marginX a box is cut when it ends nearer than this to an inner border; {@code marginY} likewise
     */
    void add(
            int label,
            float score,
            float left,
            float top,
            float right,
            float bottom,
            Tile tile,
            float marginX,
            float marginY) {
        if (count == labels.length) {
            labels = Arrays.copyOf(labels, 2 * count);
            cuts = Arrays.copyOf(cuts, 2 * count);
            parents = Arrays.copyOf(parents, 2 * count);
            scores = Arrays.copyOf(scores, 2 * count);
            corners = Arrays.copyOf(corners, 8 * count);
        }
        labels[count] = label;
        scores[count] = score;
        corners[4 * count] = left;
        corners[4 * count + 1] = top;
        corners[4 * count + 2] = right;
        corners[4 * count + 3] = bottom;
        int near = (left - tile.left < marginX ? LEFT : 0)
                | (top - tile.top < marginY ? TOP : 0)
                | (tile.right - right < marginX ? RIGHT : 0)
                | (tile.bottom - bottom < marginY ? BOTTOM : 0);
        cuts[count] = near & tile.inner;
        parents[count] = count;
        count++;
    }

    /** Merges; afterwards {@link #count} boxes remain, ordered by decreasing score. */
    void merge() {
        join();
        removeParts();
        sort();
        suppress();
    }

    int count() {
        return count;
    }

    int label(int i) {
        return labels[i];
    }

    float score(int i) {
        return scores[i];
    }

    /** One of left, top, right, bottom. */
    float corner(int i, int which) {
        return corners[4 * i + which];
    }

    private void join() {
        for (int a = 0; a < count; a++) {
            for (int b = 0; b < count && cuts[a] != 0; b++) {
                if (labels[a] == labels[b] && (continues(a, b, RIGHT, LEFT, 0) || continues(a, b, BOTTOM, TOP, 1))) {
                    parents[root(b)] = root(a);
                }
            }
        }
        for (int i = 0; i < count; i++) {
            int root = root(i);
            if (root != i) {
                unite(root, i);
            }
        }
        for (int i = 0; i < count; i++) {
            parents[i] = parents[i] == i ? i : REMOVED;
        }
        compact();
    }

    /** Whether {@code b} continues {@code a} along an axis: 0 to the right, 1 downwards. */
    private boolean continues(int a, int b, int end, int begin, int axis) {
        if ((cuts[a] & end) == 0 || (cuts[b] & begin) == 0) {
            return false;
        }
        float aFirst = corners[4 * a + axis];
        float bFirst = corners[4 * b + axis];
        float aLast = corners[4 * a + 2 + axis];
        float bLast = corners[4 * b + 2 + axis];
        if (!(aFirst < bFirst && bFirst <= aLast && aLast < bLast)) {
            return false;
        }
        int other = 1 - axis;
        float low = Math.max(corners[4 * a + other], corners[4 * b + other]);
        float high = Math.min(corners[4 * a + 2 + other], corners[4 * b + 2 + other]);
        float all = Math.max(corners[4 * a + 2 + other], corners[4 * b + 2 + other])
                - Math.min(corners[4 * a + other], corners[4 * b + other]);
        return high - low >= COMMON * all;
    }

    private int root(int i) {
        int root = i;
        while (parents[root] != root) {
            root = parents[root];
        }
        return root;
    }

    private void unite(int a, int b) {
        corners[4 * a] = Math.min(corners[4 * a], corners[4 * b]);
        corners[4 * a + 1] = Math.min(corners[4 * a + 1], corners[4 * b + 1]);
        corners[4 * a + 2] = Math.max(corners[4 * a + 2], corners[4 * b + 2]);
        corners[4 * a + 3] = Math.max(corners[4 * a + 3], corners[4 * b + 3]);
        scores[a] = Math.max(scores[a], scores[b]);
        cuts[a] = 0;
    }

    private void removeParts() {
        for (int i = 0; i < count; i++) {
            parents[i] = cuts[i] != 0 && isPart(i) ? REMOVED : i;
        }
        compact();
    }

    private boolean isPart(int i) {
        for (int whole = 0; whole < count; whole++) {
            if (whole != i
                    && (cuts[whole] == 0 || area(whole) > area(i))
                    && labels[whole] == labels[i]
                    && scores[whole] >= COMMON * scores[i]
                    && intersection(whole, i) >= COMMON * area(i)) {
                return true;
            }
        }
        return false;
    }

    /** Heap sort by decreasing score, in place; equal scores by position, so that the order is always the same. */
    private void sort() {
        for (int root = count / 2 - 1; root >= 0; root--) {
            sink(root, count);
        }
        for (int end = count - 1; end > 0; end--) {
            swap(0, end);
            sink(0, end);
        }
    }

    private void sink(int from, int end) {
        int at = from;
        while (2 * at + 1 < end) {
            int child = 2 * at + 1;
            if (child + 1 < end && before(child, child + 1)) {
                child++;
            }
            if (!before(at, child)) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    /** Whether {@code a} precedes {@code b}. */
    private boolean before(int a, int b) {
        if (scores[a] != scores[b]) {
            return scores[a] > scores[b];
        }
        for (int corner = 0; corner < 4; corner++) {
            if (corners[4 * a + corner] != corners[4 * b + corner]) {
                return corners[4 * a + corner] < corners[4 * b + corner];
            }
        }
        return labels[a] < labels[b];
    }

    private void swap(int a, int b) {
        int label = labels[a];
        int cut = cuts[a];
        float score = scores[a];
        labels[a] = labels[b];
        cuts[a] = cuts[b];
        scores[a] = scores[b];
        labels[b] = label;
        cuts[b] = cut;
        scores[b] = score;
        for (int corner = 0; corner < 4; corner++) {
            float value = corners[4 * a + corner];
            corners[4 * a + corner] = corners[4 * b + corner];
            corners[4 * b + corner] = value;
        }
    }

    private void suppress() {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            boolean free = true;
            for (int better = 0; better < kept && free; better++) {
                free = !classAgnostic && labels[better] != labels[i] || !overlap(better, i);
            }
            if (free) {
                move(i, kept++);
            }
        }
        count = kept;
    }

    private boolean overlap(int a, int b) {
        float common = intersection(a, b);
        return common > maxIou * (area(a) + area(b) - common);
    }

    private float intersection(int a, int b) {
        float width = Math.min(corners[4 * a + 2], corners[4 * b + 2]) - Math.max(corners[4 * a], corners[4 * b]);
        float height =
                Math.min(corners[4 * a + 3], corners[4 * b + 3]) - Math.max(corners[4 * a + 1], corners[4 * b + 1]);
        return width > 0 && height > 0 ? width * height : 0;
    }

    private float area(int i) {
        return (corners[4 * i + 2] - corners[4 * i]) * (corners[4 * i + 3] - corners[4 * i + 1]);
    }

    private void compact() {
        int kept = 0;
        for (int i = 0; i < count; i++) {
            if (parents[i] != REMOVED) {
                move(i, kept++);
            }
        }
        count = kept;
    }

    private void move(int from, int to) {
        labels[to] = labels[from];
        cuts[to] = cuts[from];
        scores[to] = scores[from];
        System.arraycopy(corners, 4 * from, corners, 4 * to, 4);
    }
}
