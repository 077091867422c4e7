package tandem.tools.study;

import java.util.Arrays;
import java.util.Locale;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.StatUtils;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.stat.descriptive.rank.Percentile.EstimationType;

/**
 * An estimate and its 95 % confidence interval; NaN where there is no data.
 *
 * @param estimate the estimate over all data
 * @param low lower end
 * @param high upper end
 */
record Interval(double estimate, double low, double high) {

    private static final double TAIL = 2.5;

    /** No data. */
    static final Interval NONE = new Interval(Double.NaN, Double.NaN, Double.NaN);

    /**
     * The interval between the 2.5th and the 97.5th percentile of bootstrap replicates, interpolated linearly; NaN are
     * ignored.
     */
    static Interval percentile(double estimate, double[] replicates) {
        double[] present = Arrays.stream(replicates)
                .filter(value -> !Double.isNaN(value))
                .sorted()
                .toArray();
        if (present.length == 0) {
            return new Interval(estimate, Double.NaN, Double.NaN);
        }
        if (present[0] == Double.NEGATIVE_INFINITY || present[present.length - 1] == Double.POSITIVE_INFINITY) {
            // Infinite values cannot be interpolated: use the nearest rank.
            int last = present.length - 1;
            return new Interval(
                    estimate,
                    present[(int) Math.floor(TAIL / 100 * last)],
                    present[(int) Math.ceil((100 - TAIL) / 100 * last)]);
        }
        Percentile percentile = new Percentile().withEstimationType(EstimationType.R_7);
        percentile.setData(present);
        return new Interval(estimate, percentile.evaluate(TAIL), percentile.evaluate(100 - TAIL));
    }

    /** Student's t interval of the mean of values, such as one difference per seed; NaN bounds with fewer than two. */
    static Interval student(double[] values) {
        double[] present =
                Arrays.stream(values).filter(value -> !Double.isNaN(value)).toArray();
        if (present.length == 0) {
            return NONE;
        }
        double mean = StatUtils.mean(present);
        if (present.length == 1) {
            return new Interval(mean, Double.NaN, Double.NaN);
        }
        double error = Math.sqrt(StatUtils.variance(present) / present.length);
        double half = error * new TDistribution(null, present.length - 1).inverseCumulativeProbability(1 - TAIL / 100);
        return new Interval(mean, mean - half, mean + half);
    }

    /** Whether the whole interval is above 0. */
    boolean isAbove() {
        return low > 0;
    }

    /** Whether the whole interval is below 0. */
    boolean isBelow() {
        return high < 0;
    }

    /** Such as {@code +0.031 [+0.004, +0.058]}. */
    String signed() {
        if (Double.isNaN(estimate)) {
            return "–";
        }
        return Double.isNaN(low) ? sign(estimate) : sign(estimate) + " [" + sign(low) + ", " + sign(high) + "]";
    }

    private static String sign(double value) {
        return String.format(Locale.ROOT, "%+.3f", value);
    }

    /** Such as {@code 0.431 [0.404, 0.458]}. */
    @Override
    public String toString() {
        if (Double.isNaN(estimate)) {
            return "–";
        }
        return Double.isNaN(low)
                ? String.format(Locale.ROOT, "%.3f", estimate)
                : String.format(Locale.ROOT, "%.3f [%.3f, %.3f]", estimate, low, high);
    }
}
