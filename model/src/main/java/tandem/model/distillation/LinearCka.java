package tandem.model.distillation;

import java.nio.FloatBuffer;

/**
 * Linear centered kernel alignment (Kornblith et al. 2019, "Similarity of Neural Network Representations Revisited",
 * equation 3 with linear kernels): with X (n, p) and Y (n, q), columns centered, {@code |Y'X|^2 / (|X'X| |Y'Y|)} in
 * Frobenius norms. 1 when one is a rotation and scaling of the other. The two may have different numbers of channels.
 */
final class LinearCka {

    /** Maximum number of rows used, evenly spread: many times the typical number of channels. */
    private static final int ROWS = 4096;

    private LinearCka() {}

    /**
     * The similarity of two matrices of {@code rows} rows; 0 when one of them is constant.
     *
     * @param x (rows, p), from the start of the buffer, likewise {@code y} (rows, q)
     */
    static double of(FloatBuffer x, int p, FloatBuffer y, int q, int rows) {
        int taken = Math.min(rows, ROWS);
        double[][] a = centered(x, p, rows, taken);
        double[][] b = centered(y, q, rows, taken);
        double own = Math.sqrt(products(a, a)) * Math.sqrt(products(b, b));
        return own > 0 ? products(a, b) / own : 0;
    }

    /** The columns of some rows, each with mean 0. */
    private static double[][] centered(FloatBuffer values, int columns, int rows, int taken) {
        double[][] result = new double[columns][taken];
        for (int i = 0; i < taken; i++) {
            int row = (int) ((long) i * rows / taken);
            for (int c = 0; c < columns; c++) {
                result[c][i] = values.get(row * columns + c);
            }
        }
        for (double[] column : result) {
            double sum = 0;
            for (double value : column) {
                sum += value;
            }
            for (int i = 0; i < taken; i++) {
                column[i] -= sum / taken;
            }
        }
        return result;
    }

    /** The squared Frobenius norm of a'b. */
    private static double products(double[][] a, double[][] b) {
        double sum = 0;
        for (double[] left : a) {
            for (double[] right : b) {
                double product = 0;
                for (int i = 0; i < left.length; i++) {
                    product += left[i] * right[i];
                }
                sum += product * product;
            }
        }
        return sum;
    }
}
