package tandem.kernels.translate.machine;

import java.math.BigDecimal;

/**
 * Double-precision arithmetic rounded towards zero, minus and plus infinity. The nearest result is corrected by the
 * sign of its exact error, found in decimal arithmetic: slow, and rare in kernels.
 */
public final class DoubleRounding {

    private DoubleRounding() {}

    private static BigDecimal exact(double value) {
        return new BigDecimal(value);
    }

    private static boolean finite(double a, double b) {
        return Double.isFinite(a) && Double.isFinite(b);
    }

    /** Sign of (exact - nearest), where the nearest may have overflowed. */
    private static int compare(BigDecimal exact, double nearest) {
        return Double.isInfinite(nearest) ? (nearest > 0 ? -1 : 1) : exact.compareTo(exact(nearest));
    }

    private static double down(double nearest, int error) {
        return error < 0 ? Math.nextDown(nearest) : nearest;
    }

    private static double up(double nearest, int error) {
        return error > 0 ? Math.nextUp(nearest) : nearest;
    }

    private static double zero(double nearest, int error) {
        if (nearest == 0) {
            return nearest;
        }
        return nearest > 0 ? down(nearest, error) : up(nearest, error);
    }

    private static int addError(double a, double b) {
        return finite(a, b) ? compare(exact(a).add(exact(b)), a + b) : 0;
    }

    private static int mulError(double a, double b) {
        return finite(a, b) ? compare(exact(a).multiply(exact(b)), a * b) : 0;
    }

    private static int fmaError(double a, double b, double c) {
        return finite(a, b) && Double.isFinite(c)
                ? compare(exact(a).multiply(exact(b)).add(exact(c)), Math.fma(a, b, c))
                : 0;
    }

    private static int divError(double a, double b) {
        if (!finite(a, b) || b == 0) {
            return 0;
        }
        double quotient = a / b;
        if (Double.isInfinite(quotient)) {
            return quotient > 0 ? -1 : 1;
        }
        return exact(a).compareTo(exact(quotient).multiply(exact(b))) * (b < 0 ? -1 : 1);
    }

    private static int sqrtError(double a) {
        if (!Double.isFinite(a) || a <= 0) {
            return 0;
        }
        BigDecimal root = exact(Math.sqrt(a));
        return exact(a).compareTo(root.multiply(root));
    }

    public static double addRz(double a, double b) {
        return zero(a + b, addError(a, b));
    }

    public static double addRm(double a, double b) {
        double sum = a + b;
        return sum == 0 ? zeroSumDown(a, b) : down(sum, addError(a, b));
    }

    private static double zeroSumDown(double a, double b) {
        return Double.doubleToRawLongBits(a) < 0 || Double.doubleToRawLongBits(b) < 0 ? -0.0 : 0.0;
    }

    public static double addRp(double a, double b) {
        return up(a + b, addError(a, b));
    }

    public static double subRz(double a, double b) {
        return addRz(a, -b);
    }

    public static double subRm(double a, double b) {
        return addRm(a, -b);
    }

    public static double subRp(double a, double b) {
        return addRp(a, -b);
    }

    public static double mulRz(double a, double b) {
        return zero(a * b, mulError(a, b));
    }

    public static double mulRm(double a, double b) {
        return down(a * b, mulError(a, b));
    }

    public static double mulRp(double a, double b) {
        return up(a * b, mulError(a, b));
    }

    public static double fmaRz(double a, double b, double c) {
        return zero(Math.fma(a, b, c), fmaError(a, b, c));
    }

    public static double fmaRm(double a, double b, double c) {
        double sum = Math.fma(a, b, c);
        int error = fmaError(a, b, c);
        return sum == 0 && error == 0 ? zeroSumDown(a * b, c) : down(sum, error);
    }

    public static double fmaRp(double a, double b, double c) {
        return up(Math.fma(a, b, c), fmaError(a, b, c));
    }

    public static double divRz(double a, double b) {
        return zero(a / b, divError(a, b));
    }

    public static double divRm(double a, double b) {
        return down(a / b, divError(a, b));
    }

    public static double divRp(double a, double b) {
        return up(a / b, divError(a, b));
    }

    public static double sqrtRz(double a) {
        return down(Math.sqrt(a), sqrtError(a));
    }

    public static double sqrtRm(double a) {
        return down(Math.sqrt(a), sqrtError(a));
    }

    public static double sqrtRp(double a) {
        return up(Math.sqrt(a), sqrtError(a));
    }

    private static int longError(long a, double nearest) {
        return BigDecimal.valueOf(a).compareTo(exact(nearest));
    }

    /** A signed integer rounded to double. */
    public static double doubleRz(long a) {
        return zero((double) a, longError(a, (double) a));
    }

    public static double doubleRm(long a) {
        return down((double) a, longError(a, (double) a));
    }

    public static double doubleRp(long a) {
        return up((double) a, longError(a, (double) a));
    }

    /** An unsigned integer rounded to double. */
    public static double unsignedRn(long a) {
        return a >= 0 ? (double) a : 2.0 * (double) ((a >>> 1) | (a & 1));
    }

    public static double unsignedRz(long a) {
        return a >= 0 ? doubleRz(a) : 2.0 * doubleRz((a >>> 1) | (a & 1));
    }

    public static double unsignedRm(long a) {
        return unsignedRz(a);
    }

    public static double unsignedRp(long a) {
        return a >= 0 ? doubleRp(a) : 2.0 * doubleRp((a >>> 1) | (a & 1));
    }
}
