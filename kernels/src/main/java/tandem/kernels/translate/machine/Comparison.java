package tandem.kernels.translate.machine;

/** Floating-point comparisons for which Java has no single one (PTX ISA, {@code setp}). */
public final class Comparison {

    private Comparison() {}

    /**
     * {@code a} when the flag is 1, {@code b} when it is 0. Without a branch: what kernels select by is often random,
     * and a branch that is guessed wrong costs more than the whole thread.
     */
    public static int select(int a, int b, int flag) {
        return b ^ (a ^ b) & -flag;
    }

    public static long select(long a, long b, int flag) {
        return b ^ (a ^ b) & -flag;
    }

    public static float select(float a, float b, int flag) {
        return Float.intBitsToFloat(select(Float.floatToRawIntBits(a), Float.floatToRawIntBits(b), flag));
    }

    public static double select(double a, double b, int flag) {
        return Double.longBitsToDouble(select(Double.doubleToRawLongBits(a), Double.doubleToRawLongBits(b), flag));
    }

    /** Neither is NaN. */
    public static int ordered(float a, float b) {
        return a == a && b == b ? 1 : 0;
    }

    public static int ordered(double a, double b) {
        return a == a && b == b ? 1 : 0;
    }

    /** At least one is NaN. */
    public static int unordered(float a, float b) {
        return a == a && b == b ? 0 : 1;
    }

    public static int unordered(double a, double b) {
        return a == a && b == b ? 0 : 1;
    }

    /** Different, and neither is NaN. */
    public static int orderedNotEqual(float a, float b) {
        return a < b || a > b ? 1 : 0;
    }

    public static int orderedNotEqual(double a, double b) {
        return a < b || a > b ? 1 : 0;
    }

    /** Equal, or one is NaN. */
    public static int unorderedEqual(float a, float b) {
        return a < b || a > b ? 0 : 1;
    }

    public static int unorderedEqual(double a, double b) {
        return a < b || a > b ? 0 : 1;
    }
}
