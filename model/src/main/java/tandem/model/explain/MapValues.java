package tandem.model.explain;

/**
 * A feature map of a network for one image.
 *
 * @param width columns
 * @param height rows
 * @param channels of each cell
 * @param values (height, width, channels)
 */
public record MapValues(int width, int height, int channels, float[] values) {

    /** Checks the number of values. */
    public MapValues {
        if (channels < 1 || values.length != (long) width * height * channels) {
            throw new IllegalArgumentException(
                    width + " x " + height + " cells of " + channels + " channels with " + values.length + " values");
        }
    }

    /**
     * Grad-CAM (Selvaraju et al. 2017, equations 1 and 2): the weight of each channel is the mean of its gradient over
     * the cells; the result is the positive part of the weighted sum of the channels.
     *
     * @param gradient of the explained outputs with respect to this map, of the same shape
     */
    public HeatValues gradCam(MapValues gradient) {
        if (gradient.width != width || gradient.height != height || gradient.channels != channels) {
            throw new IllegalArgumentException(
                    "a map of (" + height + ", " + width + ", " + channels + ") with a gradient of (" + gradient.height
                            + ", " + gradient.width + ", " + gradient.channels + ")");
        }
        int cells = width * height;
        double[] weights = new double[channels];
        for (int i = 0; i < gradient.values.length; i++) {
            weights[i % channels] += gradient.values[i];
        }
        float[] heat = new float[cells];
        for (int cell = 0; cell < cells; cell++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += weights[c] / cells * values[cell * channels + c];
            }
            heat[cell] = (float) Math.max(0, sum);
        }
        return new HeatValues(width, height, heat);
    }

    /** The mean of each cell's channels. */
    public HeatValues mean() {
        float[] result = new float[width * height];
        for (int cell = 0; cell < result.length; cell++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += values[cell * channels + c];
            }
            result[cell] = (float) (sum / channels);
        }
        return new HeatValues(width, height, result);
    }

    /** The Euclidean norm of each cell's channels: the strength of the response. */
    public HeatValues norm() {
        float[] result = new float[width * height];
        for (int cell = 0; cell < result.length; cell++) {
            double sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += (double) values[cell * channels + c] * values[cell * channels + c];
            }
            result[cell] = (float) Math.sqrt(sum);
        }
        return new HeatValues(width, height, result);
    }
}
