package tandem.model.audit;

import tandem.model.data.DecodedImage;

/**
 * Luma of each pixel, 0 to 255: 0.299 red + 0.587 green + 0.114 blue (ITU-R BT.601).
 *
 * @param width columns
 * @param height rows
 * @param values (height, width)
 */
record Luma(int width, int height, float[] values) {

    static Luma of(DecodedImage image) {
        byte[] rgb = image.rgb();
        float[] values = new float[image.width() * image.height()];
        for (int i = 0; i < values.length; i++) {
            values[i] =
                    0.299f * (rgb[3 * i] & 0xFF) + 0.587f * (rgb[3 * i + 1] & 0xFF) + 0.114f * (rgb[3 * i + 2] & 0xFF);
        }
        return new Luma(image.width(), image.height(), values);
    }

    /** Mean over all pixels, in [0, 1]. */
    double brightness() {
        double sum = 0;
        for (float value : values) {
            sum += value;
        }
        return sum / values.length / 255;
    }

    /** Standard deviation over all pixels, in [0, 0.5]. */
    double contrast() {
        double mean = brightness() * 255;
        double sum = 0;
        for (float value : values) {
            sum += (value - mean) * (value - mean);
        }
        return Math.sqrt(sum / values.length) / 255;
    }

    /**
     * Standard deviation of the Laplacian (the sum of the four neighbors minus four times the pixel) over the pixels
     * that have four neighbors, in units of the full range; 0 when there is no such pixel. Its square is a common
     * measure of focus (Pech-Pacheco et al., ICPR 2000).
     */
    double sharpness() {
        double sum = 0;
        double squares = 0;
        long count = 0;
        for (int y = 1; y < height - 1; y++) {
            for (int x = 1; x < width - 1; x++) {
                int i = y * width + x;
                double value = values[i - 1] + values[i + 1] + values[i - width] + values[i + width] - 4.0 * values[i];
                sum += value;
                squares += value * value;
                count++;
            }
        }
        return count == 0 ? 0 : Math.sqrt(Math.max(0, squares / count - sum / count * (sum / count))) / 255;
    }

    /** Resized to a square by area averaging. */
    float[] square(int size) {
        float[] rows = new float[height * size];
        for (int y = 0; y < height; y++) {
            resample(values, y * width, 1, width, rows, y * size, 1, size);
        }
        float[] square = new float[size * size];
        for (int x = 0; x < size; x++) {
            resample(rows, x, size, height, square, x, size, size);
        }
        return square;
    }

    private static void resample(
            float[] from, int start, int step, int length, float[] to, int toStart, int toStep, int size) {
        double scale = (double) length / size;
        for (int cell = 0; cell < size; cell++) {
            double low = cell * scale;
            double high = low + scale;
            double sum = 0;
            for (int i = (int) low; i < length && i < high; i++) {
                sum += from[start + i * step] * (Math.min(high, i + 1) - Math.max(low, i));
            }
            to[toStart + cell * toStep] = (float) (sum / scale);
        }
    }
}
