package tandem.kernels.translate.machine;

/**
 * Single-precision arithmetic rounded towards zero, minus and plus infinity, with one rounding. The operation is done
 * in double, where it is exact or its error is known, and the rounding to float is then corrected (see Knuth's TwoSum
 * for additions).
 */
public final class FloatRounding {

    private FloatRounding() {}

    /** Towards minus infinity. */
    private static float down(double value, double error) {
        float nearest = (float) value;
        if (nearest > value || nearest == value && error < 0) {
            return Math.nextDown(nearest);
        }
        return nearest;
    }

    /** Towards plus infinity. */
    private static float up(double value, double error) {
        float nearest = (float) value;
        if (nearest < value || nearest == value && error > 0) {
            return Math.nextUp(nearest);
        }
        return nearest;
    }

    private static float zero(double value, double error) {
        return value > 0 || value == 0 && error > 0 ? down(value, error) : up(value, error);
    }

    private static double sumError(double a, double b, double sum) {
        double part = sum - a;
        return (a - (sum - part)) + (b - part);
    }

    /** The sign of a sum that is exactly zero: minus when both are, or when rounding down sums to zero. */
    private static float exactZero(double a, double b, boolean down) {
        boolean negative = isNegative(a) && isNegative(b) || down && (isNegative(a) || isNegative(b));
        return negative ? -0f : 0f;
    }

    private static boolean isNegative(double value) {
        return Double.doubleToRawLongBits(value) < 0;
    }

    private static float sumDown(double a, double b) {
        double sum = a + b;
        return sum == 0 ? exactZero(a, b, true) : down(sum, sumError(a, b, sum));
    }

    private static float sumUp(double a, double b) {
        double sum = a + b;
        return sum == 0 ? exactZero(a, b, false) : up(sum, sumError(a, b, sum));
    }

    private static float sumZero(double a, double b) {
        double sum = a + b;
        return sum == 0 ? exactZero(a, b, false) : zero(sum, sumError(a, b, sum));
    }

    public static float addRz(float a, float b) {
        return sumZero(a, b);
    }

    public static float addRm(float a, float b) {
        return sumDown(a, b);
    }

    public static float addRp(float a, float b) {
        return sumUp(a, b);
    }

    public static float subRz(float a, float b) {
        return sumZero(a, -b);
    }

    public static float subRm(float a, float b) {
        return sumDown(a, -b);
    }

    public static float subRp(float a, float b) {
        return sumUp(a, -b);
    }

    public static float mulRz(float a, float b) {
        return zero((double) a * b, 0);
    }

    public static float mulRm(float a, float b) {
        return down((double) a * b, 0);
    }

    public static float mulRp(float a, float b) {
        return up((double) a * b, 0);
    }

    public static float fmaRz(float a, float b, float c) {
        return sumZero((double) a * b, c);
    }

    public static float fmaRm(float a, float b, float c) {
        return sumDown((double) a * b, c);
    }

    public static float fmaRp(float a, float b, float c) {
        return sumUp((double) a * b, c);
    }

    /** The sign of (exact quotient - quotient). */
    private static double quotientError(float a, float b, double quotient) {
        double remainder = Math.fma(-quotient, b, a);
        return b < 0 ? -remainder : remainder;
    }

    public static float divRz(float a, float b) {
        double quotient = (double) a / b;
        return zero(quotient, quotientError(a, b, quotient));
    }

    public static float divRm(float a, float b) {
        double quotient = (double) a / b;
        return down(quotient, quotientError(a, b, quotient));
    }

    public static float divRp(float a, float b) {
        double quotient = (double) a / b;
        return up(quotient, quotientError(a, b, quotient));
    }

    public static float sqrtRz(float a) {
        double root = Math.sqrt(a);
        return down(root, Math.fma(-root, root, a));
    }

    public static float sqrtRm(float a) {
        return sqrtRz(a);
    }

    public static float sqrtRp(float a) {
        double root = Math.sqrt(a);
        return up(root, Math.fma(-root, root, a));
    }

    /** A double rounded to float. */
    public static float floatRz(double a) {
        return zero(a, 0);
    }

    public static float floatRm(double a) {
        return down(a, 0);
    }

    public static float floatRp(double a) {
        return up(a, 0);
    }

    /** A signed integer rounded to float. */
    public static float floatRz(long a) {
        return zero((double) a, longError(a));
    }

    public static float floatRm(long a) {
        return down((double) a, longError(a));
    }

    public static float floatRp(long a) {
        return up((double) a, longError(a));
    }

    /** The integer minus its nearest double. */
    private static double longError(long a) {
        double nearest = (double) a;
        return nearest == 0x1p63 ? a - Long.MAX_VALUE - 1.0 : (double) (a - (long) nearest);
    }

    /** An unsigned integer rounded to float. */
    public static float unsignedRn(long a) {
        return a >= 0 ? (float) a : 2f * (float) ((a >>> 1) | (a & 1));
    }

    public static float unsignedRz(long a) {
        return a >= 0 ? floatRz(a) : 2f * floatRz((a >>> 1) | (a & 1));
    }

    public static float unsignedRm(long a) {
        return unsignedRz(a);
    }

    public static float unsignedRp(long a) {
        return a >= 0 ? floatRp(a) : 2f * floatRp((a >>> 1) | (a & 1));
    }
}
