package tandem.model.pretraining;

import tandem.model.data.Box;

/**
 * The pixels of one defect, in a window of the image.
 *
 * @param left column of the image where the window starts
 * @param upper row of the image where the window starts
 * @param width columns of the window
 * @param height rows of the window
 * @param cover (height, width) strength with which each pixel is painted, 0 to 1
 * @param inside (height, width) whether each pixel belongs to the defect
 */
record Footprint(int left, int upper, int width, int height, float[] cover, boolean[] inside) {

    /** An empty window around bounds in pixels, clipped to the image. */
    static Footprint window(int size, float x0, float y0, float x1, float y1) {
        int left = Math.max(0, (int) Math.floor(x0));
        int upper = Math.max(0, (int) Math.floor(y0));
        int width = Math.max(0, Math.min(size, (int) Math.ceil(x1) + 1) - left);
        int height = Math.max(0, Math.min(size, (int) Math.ceil(y1) + 1) - upper);
        return new Footprint(left, upper, width, height, new float[width * height], new boolean[width * height]);
    }

    /**
     * Adds a shape.
     *
     * @param depth distance of a point to the outline in pixels, positive inside
     * @param soft width of the transition from uncovered to covered
     */
    Footprint add(Texture depth, float soft) {
        for (int row = 0, i = 0; row < height; row++) {
            for (int column = 0; column < width; column++, i++) {
                float inner = depth.at(left + column, upper + row);
                cover[i] = Math.max(cover[i], Distributions.clamp(0.5f + inner / soft, 0, 1));
                inside[i] |= inner >= 0;
            }
        }
        return this;
    }

    /** Adds a stroke from (x0, y0) to (x1, y1); it is at least one pixel wide in the mask. */
    void stroke(float x0, float y0, float x1, float y1, float thickness) {
        float reach = thickness / 2 + 1;
        int firstRow = Math.max(0, (int) Math.floor(Math.min(y0, y1) - reach) - upper);
        int lastRow = Math.min(height - 1, (int) Math.ceil(Math.max(y0, y1) + reach) - upper);
        int firstColumn = Math.max(0, (int) Math.floor(Math.min(x0, x1) - reach) - left);
        int lastColumn = Math.min(width - 1, (int) Math.ceil(Math.max(x0, x1) + reach) - left);
        float dx = x1 - x0;
        float dy = y1 - y0;
        float length = dx * dx + dy * dy;
        float marked = Math.max(0.75f, thickness / 2 + 0.25f);
        for (int row = firstRow; row <= lastRow; row++) {
            for (int column = firstColumn; column <= lastColumn; column++) {
                float x = left + column - x0;
                float y = upper + row - y0;
                float along = length == 0 ? 0 : Distributions.clamp((x * dx + y * dy) / length, 0, 1);
                float u = x - along * dx;
                float v = y - along * dy;
                float distance = (float) Math.sqrt(u * u + v * v);
                int i = row * width + column;
                cover[i] = Math.max(
                        cover[i],
                        Math.min(1, thickness)
                                * Distributions.clamp(0.5f + Math.max(thickness, 1) / 2 - distance, 0, 1));
                inside[i] |= distance <= marked;
            }
        }
    }

    /** Multiplies the cover of each pixel by a pattern of values in 0 to 1. */
    Footprint thin(Texture pattern) {
        for (int row = 0, i = 0; row < height; row++) {
            for (int column = 0; column < width; column++, i++) {
                cover[i] = cover[i] == 0 ? 0 : cover[i] * pattern.at(left + column, upper + row);
            }
        }
        return this;
    }

    /** The cover at a pixel of the window, that of the nearest one outside. */
    float cover(int column, int row) {
        return cover[Math.max(0, Math.min(height - 1, row)) * width + Math.max(0, Math.min(width - 1, column))];
    }

    /** The tight box of its pixels, or null when there are fewer than {@code min}. */
    Box box(int label, int min) {
        int x0 = width;
        int y0 = height;
        int x1 = -1;
        int y1 = -1;
        int pixels = 0;
        for (int row = 0; row < height; row++) {
            for (int column = 0; column < width; column++) {
                if (inside[row * width + column]) {
                    pixels++;
                    x0 = Math.min(x0, column);
                    x1 = Math.max(x1, column);
                    y0 = Math.min(y0, row);
                    y1 = row;
                }
            }
        }
        return pixels < min ? null : new Box(label, left + x0, upper + y0, left + x1 + 1, upper + y1 + 1, false);
    }
}
