package tandem.kernels.translate.machine;

/** Conversions to integers that Java's casts do not do: clamping to unsigned and narrow ranges; NaN becomes 0. */
public final class Conversion {

    private Conversion() {}

    /** Clamps a signed value into [low, high]. */
    public static long clamp(long value, long low, long high) {
        return Math.max(low, Math.min(high, value));
    }

    /** Clamps an unsigned value to at most {@code high}, not negative. */
    public static long clampUnsigned(long value, long high) {
        return Long.compareUnsigned(value, high) > 0 ? high : value;
    }

    /** An integral double to a signed 64-bit integer, clamped. */
    public static long toSigned(double value) {
        return (long) value;
    }

    /** An integral double to an unsigned 64-bit integer, clamped. */
    public static long toUnsigned(double value) {
        if (value < 0x1p63) {
            return value > 0 ? (long) value : 0;
        }
        if (value < 0x1p64) {
            return (long) (value - 0x1p63) + Long.MIN_VALUE;
        }
        return value == value ? -1L : 0;
    }

    /** Towards zero, to an integral value. */
    public static double truncate(double value) {
        return value < 0 ? Math.ceil(value) : Math.floor(value);
    }
}
