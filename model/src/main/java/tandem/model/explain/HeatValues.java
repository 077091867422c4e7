package tandem.model.explain;

/**
 * A heat map: a number for each cell.
 *
 * @param width columns
 * @param height rows
 * @param values (height, width)
 */
public record HeatValues(int width, int height, float[] values) {

    /** Checks the number of values. */
    public HeatValues {
        if (values.length != (long) width * height) {
            throw new IllegalArgumentException(width + " x " + height + " cells with " + values.length + " values");
        }
    }

    /** The maximum. */
    public float max() {
        float max = values[0];
        for (float value : values) {
            max = Math.max(max, value);
        }
        return max;
    }

    /** These values at another size, bilinear with half-pixel centers and clamped borders. */
    HeatValues resized(int columns, int rows) {
        return resized(columns, rows, 1, 1);
    }

    /** The upper left part of these values, with as many cells; {@code across} and {@code down} are its shares. */
    HeatValues upperLeft(double across, double down) {
        return across == 1 && down == 1 ? this : resized(width, height, across, down);
    }

    private HeatValues resized(int columns, int rows, double partX, double partY) {
        float[] result = new float[columns * rows];
        for (int y = 0; y < rows; y++) {
            double v = Math.max(0, (y + 0.5) * height * partY / rows - 0.5);
            int top = Math.min(height - 1, (int) v);
            int bottom = Math.min(height - 1, top + 1);
            double down = Math.min(1, v - top);
            for (int x = 0; x < columns; x++) {
                double u = Math.max(0, (x + 0.5) * width * partX / columns - 0.5);
                int left = Math.min(width - 1, (int) u);
                int right = Math.min(width - 1, left + 1);
                double across = Math.min(1, u - left);
                double upper = values[top * width + left] * (1 - across) + values[top * width + right] * across;
                double lower = values[bottom * width + left] * (1 - across) + values[bottom * width + right] * across;
                result[y * columns + x] = (float) (upper * (1 - down) + lower * down);
            }
        }
        return new HeatValues(columns, rows, result);
    }

    /** The sum of both, the other resized to this size. */
    HeatValues plus(HeatValues other) {
        HeatValues stretched = other.resized(width, height);
        float[] sum = values.clone();
        for (int i = 0; i < sum.length; i++) {
            sum[i] += stretched.values[i];
        }
        return new HeatValues(width, height, sum);
    }
}
