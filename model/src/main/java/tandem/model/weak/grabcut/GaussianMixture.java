package tandem.model.weak.grabcut;

import java.util.Arrays;

/** A mixture of Gaussians with full covariance over colors (red, green, blue from 0 to 255). Used by one thread. */
final class GaussianMixture {

    /**
     * Added to each variance; about the error of rounding and image compression. It keeps the density finite for gray
     * images, whose three channels are equal, and for areas of one color.
     */
    static final double FLOOR = 1;

    private static final int CHANNELS = 3;
    private static final int CLUSTER_ROUNDS = 10;
    private static final double LOG_TWO_PI = Math.log(2 * Math.PI);
    /** Values of a component's inverse covariance: xx, xy, xz, yy, yz, zz. */
    private static final int TERMS = 6;

    private final int components;
    private final double[] mean;
    private final double[] inverse;
    /** Logarithm of weight and normalization; minus infinity for a component without pixels. */
    private final double[] offset;

    private final double[] weight;
    private final double[] sums;
    private final double[] exponents;

    /** A mixture of at most {@code components}; {@link #learn} sets its parameters. */
    GaussianMixture(int components) {
        if (components < 1) {
            throw new IllegalArgumentException("a mixture of " + components + " Gaussians: at least one is needed");
        }
        this.components = components;
        mean = new double[components * CHANNELS];
        inverse = new double[components * TERMS];
        offset = new double[components];
        weight = new double[components];
        sums = new double[components * (1 + CHANNELS + TERMS)];
        exponents = new double[components];
    }

    /**
     * Assigns colors to components by k-means. The initial centers are spread evenly along the first principal
     * component of the colors.
     *
     * @param colors 0xRRGGBB
     * @param count how many of them
     * @param assigned receives the component of each
     */
    void cluster(int[] colors, int count, byte[] assigned) {
        int[] order = alongPrincipalAxis(colors, count);
        double[] center = new double[components * CHANNELS];
        for (int k = 0; k < components && count > 0; k++) {
            int color = order[(int) ((2L * k + 1) * count / (2 * components))];
            for (int c = 0; c < CHANNELS; c++) {
                center[k * CHANNELS + c] = channel(color, c);
            }
        }
        double[] total = new double[components * CHANNELS];
        int[] members = new int[components];
        for (int round = 0; round < CLUSTER_ROUNDS; round++) {
            Arrays.fill(total, 0);
            Arrays.fill(members, 0);
            boolean changed = round == 0;
            for (int i = 0; i < count; i++) {
                int k = nearest(colors[i], center);
                changed |= assigned[i] != k;
                assigned[i] = (byte) k;
                members[k]++;
                for (int c = 0; c < CHANNELS; c++) {
                    total[k * CHANNELS + c] += channel(colors[i], c);
                }
            }
            if (!changed) {
                return;
            }
            for (int k = 0; k < components; k++) {
                for (int c = 0; c < CHANNELS && members[k] > 0; c++) {
                    center[k * CHANNELS + c] = total[k * CHANNELS + c] / members[k];
                }
            }
        }
    }

    private int nearest(int color, double[] center) {
        int best = 0;
        double min = Double.POSITIVE_INFINITY;
        for (int k = 0; k < components; k++) {
            double r = channel(color, 0) - center[k * CHANNELS];
            double g = channel(color, 1) - center[k * CHANNELS + 1];
            double b = channel(color, 2) - center[k * CHANNELS + 2];
            double square = r * r + g * g + b * b;
            if (square < min) {
                min = square;
                best = k;
            }
        }
        return best;
    }

    /** The colors in the order of their projections on the first principal component, found by power iteration. */
    private static int[] alongPrincipalAxis(int[] colors, int count) {
        double[] sum = new double[1 + CHANNELS + TERMS];
        for (int i = 0; i < count; i++) {
            add(sum, 0, colors[i]);
        }
        double[] covariance = new double[TERMS];
        double[] center = new double[CHANNELS];
        moments(sum, 0, center, 0, covariance);
        double[] axis = {1, 1, 1};
        for (int round = 0; round < 20; round++) {
            double r = covariance[0] * axis[0] + covariance[1] * axis[1] + covariance[2] * axis[2];
            double g = covariance[1] * axis[0] + covariance[3] * axis[1] + covariance[4] * axis[2];
            double b = covariance[2] * axis[0] + covariance[4] * axis[1] + covariance[5] * axis[2];
            double norm = Math.sqrt(r * r + g * g + b * b);
            if (norm < 1e-9) {
                break;
            }
            axis[0] = r / norm;
            axis[1] = g / norm;
            axis[2] = b / norm;
        }
        long[] keys = new long[count];
        for (int i = 0; i < count; i++) {
            double along =
                    channel(colors[i], 0) * axis[0] + channel(colors[i], 1) * axis[1] + channel(colors[i], 2) * axis[2];
            keys[i] = Math.round(along * 1024) << 24 | colors[i] & 0xFFFFFF;
        }
        Arrays.sort(keys);
        int[] order = new int[count];
        for (int i = 0; i < count; i++) {
            order[i] = (int) (keys[i] & 0xFFFFFF);
        }
        return order;
    }

    /** Sets weight, mean and covariance of each component from the colors assigned to it. */
    void learn(int[] colors, int count, byte[] assigned) {
        Arrays.fill(sums, 0);
        for (int i = 0; i < count; i++) {
            add(sums, assigned[i] * (1 + CHANNELS + TERMS), colors[i]);
        }
        double[] s = new double[TERMS];
        for (int k = 0; k < components; k++) {
            int at = k * (1 + CHANNELS + TERMS);
            weight[k] = count == 0 ? 0 : sums[at] / count;
            if (sums[at] == 0) {
                offset[k] = Double.NEGATIVE_INFINITY;
                continue;
            }
            moments(sums, at, mean, k * CHANNELS, s);
            s[0] += FLOOR;
            s[3] += FLOOR;
            s[5] += FLOOR;
            double c0 = s[3] * s[5] - s[4] * s[4];
            double c1 = s[2] * s[4] - s[1] * s[5];
            double c2 = s[1] * s[4] - s[2] * s[3];
            double determinant = s[0] * c0 + s[1] * c1 + s[2] * c2;
            int to = k * TERMS;
            inverse[to] = c0 / determinant;
            inverse[to + 1] = c1 / determinant;
            inverse[to + 2] = c2 / determinant;
            inverse[to + 3] = (s[0] * s[5] - s[2] * s[2]) / determinant;
            inverse[to + 4] = (s[1] * s[2] - s[0] * s[4]) / determinant;
            inverse[to + 5] = (s[0] * s[3] - s[1] * s[1]) / determinant;
            offset[k] = Math.log(weight[k]) - 0.5 * (CHANNELS * LOG_TWO_PI + Math.log(determinant));
        }
    }

    private static void add(double[] sums, int at, int color) {
        double r = channel(color, 0);
        double g = channel(color, 1);
        double b = channel(color, 2);
        sums[at]++;
        sums[at + 1] += r;
        sums[at + 2] += g;
        sums[at + 3] += b;
        sums[at + 4] += r * r;
        sums[at + 5] += r * g;
        sums[at + 6] += r * b;
        sums[at + 7] += g * g;
        sums[at + 8] += g * b;
        sums[at + 9] += b * b;
    }

    /** Mean and covariance from sums. All sums are integers below 2^53, so nothing is rounded before the division. */
    private static void moments(double[] sums, int at, double[] mean, int to, double[] covariance) {
        double n = Math.max(1, sums[at]);
        int term = 0;
        for (int i = 0; i < CHANNELS; i++) {
            mean[to + i] = sums[at + 1 + i] / n;
        }
        for (int i = 0; i < CHANNELS; i++) {
            for (int j = i; j < CHANNELS; j++, term++) {
                covariance[term] = sums[at + 1 + CHANNELS + term] / n - mean[to + i] * mean[to + j];
            }
        }
    }

    /** The max probable component of a color. */
    int component(int color) {
        int best = 0;
        for (int k = 0; k < components; k++) {
            exponents[k] = exponent(k, color);
            if (exponents[k] > exponents[best]) {
                best = k;
            }
        }
        return best;
    }

    /** The natural logarithm of the density at a color; minus infinity without colors. */
    double logDensity(int color) {
        double max = exponents[component(color)];
        if (max == Double.NEGATIVE_INFINITY) {
            return max;
        }
        double sum = 0;
        for (int k = 0; k < components; k++) {
            double below = exponents[k] - max;
            sum += below > -30 ? Math.exp(below) : 0;
        }
        return max + Math.log(sum);
    }

    private double exponent(int k, int color) {
        if (offset[k] == Double.NEGATIVE_INFINITY) {
            return offset[k];
        }
        double r = channel(color, 0) - mean[k * CHANNELS];
        double g = channel(color, 1) - mean[k * CHANNELS + 1];
        double b = channel(color, 2) - mean[k * CHANNELS + 2];
        int at = k * TERMS;
        return offset[k]
                - 0.5 * (inverse[at] * r * r + inverse[at + 3] * g * g + inverse[at + 5] * b * b)
                - inverse[at + 1] * r * g
                - inverse[at + 2] * r * b
                - inverse[at + 4] * g * b;
    }

    /** Share of the colors that are assigned to a component. */
    double weight(int component) {
        return weight[component];
    }

    private static int channel(int color, int c) {
        return color >> 16 - 8 * c & 0xFF;
    }
}
