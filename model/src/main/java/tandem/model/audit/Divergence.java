package tandem.model.audit;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.apache.commons.math3.stat.descriptive.rank.Percentile;
import org.apache.commons.math3.util.MathArrays;

/**
 * Difference between two groups of images in one figure.
 *
 * @param value Jensen-Shannon divergence in bits, from 0 for the same distribution to 1 for two with nothing in common
 *     (Lin, IEEE Transactions on Information Theory 37, 1991, equation 5.1 with equal weights)
 * @param low lower end of the 95 % interval
 * @param high upper end of it: basic bootstrap over images (Davison and Hinkley, Bootstrap Methods and their
 *     Application, 1997, section 5.2), cut to [0, 1]
 * @param chance 95th percentile for two random groups of these sizes, sampled from all the images
 */
public record Divergence(double value, double low, double high, double chance) {

    private static final int REPLICATES = 400;
    private static final double MAX_WORK = 4e8;

    /** Whether the difference is significant. */
    public boolean differs() {
        return value > chance;
    }

    /** Jensen-Shannon divergence, in bits, of two distributions given by weights of any sum above 0. */
    static double jensenShannon(double[] a, double[] b) {
        double[] p = MathArrays.normalizeArray(a, 1);
        double[] q = MathArrays.normalizeArray(b, 1);
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            double middle = (p[i] + q[i]) / 2;
            sum += term(p[i], middle) + term(q[i], middle);
        }
        return Math.max(0, sum / 2);
    }

    private static double term(double p, double middle) {
        return p == 0 ? 0 : p * Math.log(p / middle) / Math.log(2);
    }

    /**
     * Compares two groups. The random numbers depend on the group sizes only.
     *
     * @param a one row of weights for each image; the distribution of the group is their sum
     * @param b as {@code a}, with as many columns
     * @return null when the weights of a group are all 0
     */
    static Divergence between(List<double[]> a, List<double[]> b) {
        if (sum(a) == null || sum(b) == null) {
            return null;
        }
        double value = jensenShannon(sum(a), sum(b));
        double work = (double) (a.size() + b.size()) * a.get(0).length;
        int replicates = (int) Math.max(40, Math.min(REPLICATES, MAX_WORK / work));
        SplittableRandom random = new SplittableRandom(31L * a.size() + b.size());
        double[] sampled = new double[replicates];
        double[] shuffled = new double[replicates];
        double[][] all = new double[a.size() + b.size()][];
        for (int i = 0; i < all.length; i++) {
            all[i] = i < a.size() ? a.get(i) : b.get(i - a.size());
        }
        for (int r = 0; r < replicates; r++) {
            double[] one = resample(a, random);
            double[] other = resample(b, random);
            sampled[r] = one == null || other == null ? value : jensenShannon(one, other);
            for (int i = all.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                double[] row = all[i];
                all[i] = all[j];
                all[j] = row;
            }
            double[] first = sum(Arrays.asList(all).subList(0, a.size()));
            double[] second = sum(Arrays.asList(all).subList(a.size(), all.length));
            shuffled[r] = first == null || second == null ? 0 : jensenShannon(first, second);
        }
        Percentile percentile = new Percentile();
        percentile.setData(sampled);
        double low = Math.max(0, Math.min(1, 2 * value - percentile.evaluate(97.5)));
        double high = Math.max(0, Math.min(1, 2 * value - percentile.evaluate(2.5)));
        return new Divergence(value, low, high, new Percentile().evaluate(shuffled, 95));
    }

    private static double[] resample(List<double[]> rows, SplittableRandom random) {
        double[] sum = new double[rows.get(0).length];
        for (int i = 0; i < rows.size(); i++) {
            add(rows.get(random.nextInt(rows.size())), sum);
        }
        return positive(sum);
    }

    /** The sum of the rows, or null when it is 0 or there is none. */
    private static double[] sum(List<double[]> rows) {
        if (rows.isEmpty()) {
            return null;
        }
        double[] sum = new double[rows.get(0).length];
        rows.forEach(row -> add(row, sum));
        return positive(sum);
    }

    private static void add(double[] row, double[] sum) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] += row[i];
        }
    }

    private static double[] positive(double[] sum) {
        return Arrays.stream(sum).anyMatch(value -> value > 0) ? sum : null;
    }
}
