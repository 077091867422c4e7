package tandem.model.synthetic;

/**
 * The pixels of one defect: the coverage of each pixel, in a window of the canvas. A pixel belongs to the defect when
 * at least half of it is covered.
 *
 * @param x column of the canvas where the window starts
 * @param y row of the canvas where the window starts
 * @param width columns of the window
 * @param height rows of the window
 * @param cover (height, width), 0 to 1
 */
record Footprint(int x, int y, int width, int height, float[] cover) {

    /** The coverage of a pixel by a shape. */
    @FunctionalInterface
    interface Shape {
        /** 0 to 1 at the center of a pixel of the canvas. */
        double cover(double x, double y);
    }

    /** A shape inside bounds in canvas pixels, clipped to the canvas. */
    static Footprint of(Canvas canvas, double left, double upper, double right, double lower, Shape shape) {
        int x0 = Math.max(0, (int) Math.floor(left));
        int y0 = Math.max(0, (int) Math.floor(upper));
        int x1 = Math.min(canvas.width(), (int) Math.ceil(right));
        int y1 = Math.min(canvas.height(), (int) Math.ceil(lower));
        int width = Math.max(0, x1 - x0);
        int height = Math.max(0, y1 - y0);
        float[] cover = new float[width * height];
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                cover[row * width + column] = (float) shape.cover(x0 + column + 0.5, y0 + row + 0.5);
            }
        }
        return new Footprint(x0, y0, width, height, cover);
    }

    boolean belongs(int column, int row) {
        return cover[row * width + column] >= 0.5f;
    }

    /** Number of pixels that belong to it. */
    int pixels() {
        int count = 0;
        for (float value : cover) {
            count += value >= 0.5f ? 1 : 0;
        }
        return count;
    }

    /** Whether it touches a marked defect or is at most {@code margin} pixels away from one. */
    boolean touches(Canvas canvas, int margin) {
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                if (!belongs(column, row)) {
                    continue;
                }
                for (int v = Math.max(0, y + row - margin); v <= Math.min(canvas.height() - 1, y + row + margin); v++) {
                    for (int u = Math.max(0, x + column - margin);
                            u <= Math.min(canvas.width() - 1, x + column + margin);
                            u++) {
                        if (canvas.mask()[v * canvas.width() + u] != 0) {
                            return true;
                        }
                    }
                }
            }
        }
        return false;
    }

    /** Writes its pixels into the canvas's mask and returns its tight box. */
    Marked mark(Canvas canvas, int label) {
        int left = Integer.MAX_VALUE;
        int upper = Integer.MAX_VALUE;
        int right = -1;
        int lower = -1;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                if (belongs(column, row)) {
                    canvas.mask()[(y + row) * canvas.width() + x + column] = (byte) (label + 1);
                    left = Math.min(left, x + column);
                    right = Math.max(right, x + column);
                    upper = Math.min(upper, y + row);
                    lower = Math.max(lower, y + row);
                }
            }
        }
        return new Marked(label, left, upper, right + 1, lower + 1);
    }

    /**
     * A defect that is on the canvas, with its tight box in pixel edges.
     *
     * @param label index of its class
     */
    record Marked(int label, int xMin, int yMin, int xMax, int yMax) {

        /** The part of the smaller of two boxes that the other covers. */
        double overlap(Marked other) {
            double w = Math.max(0, Math.min(xMax, other.xMax) - Math.max(xMin, other.xMin));
            double h = Math.max(0, Math.min(yMax, other.yMax) - Math.max(yMin, other.yMin));
            return w
                    * h
                    / Math.min(
                            (xMax - xMin) * (double) (yMax - yMin),
                            (other.xMax - other.xMin) * (double) (other.yMax - other.yMin));
        }
    }
}
