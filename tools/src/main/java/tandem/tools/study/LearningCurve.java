package tandem.tools.study;

/**
 * A metric as a function of the number of annotated images, within the measured range: isotonic regression by pooling
 * adjacent violators (Barlow, Bartholomew, Bremner, Brunk 1972, section 1.2), with linear interpolation.
 */
final class LearningCurve {

    private final double[] images;
    private final double[] figures;

    /**
     * @param images numbers of annotated images, ascending
     * @param measured the metric at each
     */
    LearningCurve(double[] images, double[] measured) {
        this.images = images.clone();
        this.figures = rising(measured);
    }

    /** The non-decreasing sequence with the least squares distance to {@code values}. */
    static double[] rising(double[] values) {
        double[] sums = new double[values.length];
        int[] counts = new int[values.length];
        int pools = 0;
        for (double value : values) {
            sums[pools] = value;
            counts[pools] = 1;
            pools++;
            while (pools > 1 && sums[pools - 2] / counts[pools - 2] > sums[pools - 1] / counts[pools - 1]) {
                sums[pools - 2] += sums[pools - 1];
                counts[pools - 2] += counts[pools - 1];
                pools--;
            }
        }
        double[] result = new double[values.length];
        int at = 0;
        for (int pool = 0; pool < pools; pool++) {
            for (int i = 0; i < counts[pool]; i++) {
                result[at++] = sums[pool] / counts[pool];
            }
        }
        return result;
    }

    /**
     * The minimum number of annotated images with which the curve reaches a value; infinity when it does not within the
     * measured range, and minus infinity when it is above the value at its first point.
     */
    double imagesFor(double figure) {
        if (Double.isNaN(figure)) {
            return Double.NaN;
        }
        if (figure < figures[0]) {
            return Double.NEGATIVE_INFINITY;
        }
        for (int i = 0; i < figures.length; i++) {
            if (figures[i] >= figure) {
                if (i == 0 || figures[i] == figures[i - 1]) {
                    return images[i];
                }
                return images[i - 1]
                        + (figure - figures[i - 1]) / (figures[i] - figures[i - 1]) * (images[i] - images[i - 1]);
            }
        }
        return Double.POSITIVE_INFINITY;
    }
}
