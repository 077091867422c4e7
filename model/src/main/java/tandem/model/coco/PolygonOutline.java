package tandem.model.coco;

import java.util.Arrays;

/**
 * The outline of an object as COCO annotates it, and the pixels inside it according to COCO's reference implementation.
 * Its rule: vertices are rounded to a grid five times finer than the pixels, edges are rasterized on that grid. Where
 * the outline crosses the center line of a pixel column, all following pixels in column-wise order are toggled, from
 * the first pixel whose center is not above the crossing.
 */
final class PolygonOutline {

    private static final int SCALE = 5;
    private static final double FARTHEST = 1e7;

    private final int[] xs;
    private final int[] ys;
    private int[] toggles = new int[64];
    private int count;

    /** @param coordinates (x0, y0, x1, y1, ...) in pixels, at least three vertices */
    PolygonOutline(double[] coordinates) {
        if (coordinates.length < 6 || coordinates.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "polygon with " + coordinates.length + " coordinates: expected x and y of at least three vertices");
        }
        int vertices = coordinates.length / 2;
        xs = new int[vertices];
        ys = new int[vertices];
        for (int i = 0; i < vertices; i++) {
            xs[i] = onGrid(coordinates[2 * i]);
            ys[i] = onGrid(coordinates[2 * i + 1]);
        }
    }

    /** Adds half a grid step and truncates towards zero, for negative numbers too, like the reference. */
    private static int onGrid(double coordinate) {
        if (!(Math.abs(coordinate) <= FARTHEST)) {
            throw new IllegalArgumentException("polygon with the coordinate " + coordinate + ": expected pixels");
        }
        return (int) (SCALE * coordinate + 0.5);
    }

    /** The pixels inside, of an image of this size. */
    RunLengthMask fill(int width, int height) {
        count = 0;
        for (int i = 0; i < xs.length; i++) {
            int next = (i + 1) % xs.length;
            int dx = Math.abs(xs[next] - xs[i]);
            int dy = Math.abs(ys[next] - ys[i]);
            boolean forwards = dx >= dy ? xs[i] <= xs[next] : ys[i] <= ys[next];
            int from = forwards ? i : next;
            int to = forwards ? next : i;
            if (dx >= dy) {
                drawFlat(xs[from], ys[from], dx, (double) (ys[to] - ys[from]) / dx, width, height);
            } else {
                drawSteep(xs[from], ys[from], dy, (double) (xs[to] - xs[from]) / dy, width, height);
            }
        }
        return toMask(width, height);
    }

    /** An edge that is at least as wide as high: one grid row for each grid column. */
    private void drawFlat(int x, int y, int steps, double slope, int width, int height) {
        for (int column = firstColumn(x); column < width && center(column) - x < steps; column++) {
            int step = center(column) - x + 1;
            int previous = step == 1 ? y : (int) (y + slope * (step - 1) + 0.5);
            int next = (int) (y + slope * step + 0.5);
            cross(column, Math.min(previous, next), height);
        }
    }

    /** An edge that is higher than wide: it crosses a column's center line at one of its grid rows. */
    private void drawSteep(int x, int y, int steps, double slope, int width, int height) {
        if (slope == 0) {
            return;
        }
        int end = (int) (x + slope * steps + 0.5);
        for (int column = firstColumn(Math.min(x, end));
                column < width && center(column) < Math.max(x, end);
                column++) {
            cross(column, y + firstStepPast(x, slope, center(column), steps) - 1, height);
        }
    }

    /** The first step at which a steep edge is on the other side of the line between a grid column and the next. */
    private static int firstStepPast(int x, double slope, int column, int steps) {
        double guess = (column + 0.5 - x) / slope;
        int step = (int) Math.max(1, Math.min(steps, guess));
        while (step > 1 && isPast(x, slope, column, step - 1)) {
            step--;
        }
        while (step < steps && !isPast(x, slope, column, step)) {
            step++;
        }
        return step;
    }

    private static boolean isPast(int x, double slope, int column, int step) {
        int at = (int) (x + slope * step + 0.5);
        return slope > 0 ? at > column : at <= column;
    }

    /** Grid column left of the center line of a pixel column. */
    private static int center(int column) {
        return SCALE * column + SCALE / 2;
    }

    /** The first pixel column whose center line is not left of a grid column. */
    private static int firstColumn(int x) {
        return Math.max(0, Math.floorDiv(x + SCALE - 1 - SCALE / 2, SCALE));
    }

    /** The outline crosses the center line of a pixel column, at grid row {@code y} or the next. */
    private void cross(int column, int y, int height) {
        int row = Math.max(0, Math.min(height, Math.floorDiv(y + SCALE - 1 - SCALE / 2, SCALE)));
        if (count == toggles.length) {
            toggles = Arrays.copyOf(toggles, 2 * count);
        }
        toggles[count++] = column * height + row;
    }

    private RunLengthMask toMask(int width, int height) {
        int[] sorted = Arrays.copyOf(toggles, count);
        Arrays.sort(sorted);
        int[] runs = new int[count + 1];
        int length = 0;
        int last = 0;
        for (int i = 0; i < count; i++) {
            boolean cancelled = i + 1 < count && sorted[i] == sorted[i + 1];
            if (cancelled) {
                i++;
            } else {
                runs[length++] = sorted[i] - last;
                last = sorted[i];
            }
        }
        runs[length++] = width * height - last;
        return new RunLengthMask(width, height, Arrays.copyOf(runs, length));
    }
}
