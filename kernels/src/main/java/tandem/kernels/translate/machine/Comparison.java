package tandem.kernels.translate.machine;

/** Floating-point comparisons for which Java has no single one (PTX ISA, {@code setp}). */
public final class Comparison {

    private Comparison() {}

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
