package tandem.kernels.translate.machine;

/**
 * Arithmetic on floats of 16 bits, as their bits: {@code f16}, and {@code bf16}, which is the upper half of a float
 * (PTX ISA, section 9.7.4). Operations compute exactly, or rounded to odd in double, and round once to nearest even. A
 * NaN is the canonical one, 0x7FFF.
 */
public final class HalfMath {

    /** Flags of an operation. */
    public static final int BRAIN = 1;

    public static final int FTZ = 2;
    public static final int SAT = 4;
    public static final int RELU = 8;
    public static final int NAN = 16;
    public static final int TOWARDS_ZERO = 32;
    /** One of a pair of floats. */
    public static final int PAIR = 64;

    private static final int CANONICAL = 0x7FFF;

    private HalfMath() {}

    private static boolean has(int flags, int flag) {
        return (flags & flag) != 0;
    }

    /** The value of the bits. */
    public static float toFloat(int bits, int flags) {
        int flushed = bits;
        if (has(flags, FTZ) && (bits & (has(flags, BRAIN) ? 0x7F80 : 0x7C00)) == 0) {
            flushed = bits & 0x8000;
        }
        return has(flags, BRAIN) ? Float.intBitsToFloat(flushed << 16) : HalfPrecision.toFloat(flushed & 0xFFFF);
    }

    /** Rounds a double that is exact, or rounded to odd, with what the flags say of the result. */
    public static int ofDouble(double value, int flags) {
        double result = value;
        if (result != result) {
            return has(flags, SAT) ? 0 : CANONICAL;
        }
        if (has(flags, SAT)) {
            result = Math.max(0.0, Math.min(1.0, result));
        }
        if (has(flags, RELU)) {
            result = Math.max(0.0, result);
        }
        float odd = (float) result;
        if (odd != result && !Float.isInfinite(odd) && (Float.floatToRawIntBits(odd) & 1) == 0) {
            odd = Math.abs(odd) < Math.abs(result)
                    ? Math.nextAfter(odd, result > 0 ? Double.POSITIVE_INFINITY : Double.NEGATIVE_INFINITY)
                    : Math.nextAfter(odd, 0);
        }
        int bits = has(flags, TOWARDS_ZERO) ? truncated(odd, flags) : nearest(odd, flags);
        boolean subnormal = (bits & (has(flags, BRAIN) ? 0x7F80 : 0x7C00)) == 0;
        return has(flags, FTZ) && subnormal ? bits & 0x8000 : bits;
    }

    private static int nearest(float value, int flags) {
        if (!has(flags, BRAIN)) {
            return HalfPrecision.ofFloat(value);
        }
        int bits = Float.floatToRawIntBits(value);
        return (bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16;
    }

    private static int truncated(float value, int flags) {
        if (has(flags, BRAIN)) {
            return Float.floatToRawIntBits(value) >>> 16;
        }
        int bits = HalfPrecision.ofFloat(value);
        boolean tooLarge = Math.abs(HalfPrecision.toFloat(bits)) > Math.abs(value);
        return tooLarge ? bits - 1 : bits;
    }

    /** Converts a float; a NaN becomes the canonical one. */
    public static int ofFloat(float value, int flags) {
        return ofDouble(value, flags);
    }

    /** Two floats as one number of 32 bits, the first in the upper half. */
    public static int pair(float high, float low, int flags) {
        return ofDouble(high, flags) << 16 | ofDouble(low, flags) & 0xFFFF;
    }

    public static int add(int a, int b, int flags) {
        return ofDouble(sum(toFloat(a, flags), toFloat(b, flags)), flags);
    }

    public static int sub(int a, int b, int flags) {
        return ofDouble(sum(toFloat(a, flags), -toFloat(b, flags)), flags);
    }

    public static int mul(int a, int b, int flags) {
        return ofDouble((double) toFloat(a, flags) * toFloat(b, flags), flags);
    }

    public static int fma(int a, int b, int c, int flags) {
        return ofDouble(sum((double) toFloat(a, flags) * toFloat(b, flags), toFloat(c, flags)), flags);
    }

    /** A sum rounded to odd: its last bit is one where it is not exact, so that it can be rounded once more. */
    private static double sum(double a, double b) {
        double sum = a + b;
        if (Double.isNaN(sum) || Double.isInfinite(sum)) {
            return sum;
        }
        double part = sum - a;
        double error = (a - (sum - part)) + (b - part);
        if (error == 0 || (Double.doubleToRawLongBits(sum) & 1) != 0) {
            return sum;
        }
        return error > 0 ? Math.nextUp(sum) : Math.nextDown(sum);
    }

    public static int min(int a, int b, int flags) {
        return extreme(a, b, flags, false);
    }

    public static int max(int a, int b, int flags) {
        return extreme(a, b, flags, true);
    }

    private static int extreme(int a, int b, int flags, boolean max) {
        float x = toFloat(a, flags);
        float y = toFloat(b, flags);
        float result;
        if (x != x || y != y) {
            result = has(flags, NAN) || x != x && y != y ? Float.NaN : x != x ? y : x;
        } else {
            result = max ? Math.max(x, y) : Math.min(x, y);
        }
        return ofDouble(result, flags);
    }

    public static int neg(int a, int flags) {
        // As the assembler does it: of NaN the sign of one in a pair changes, a single one becomes canonical.
        return has(flags, BRAIN) && has(flags, PAIR) ? a ^ 0x8000 : ofDouble(-toFloat(a, flags), flags);
    }

    public static int abs(int a, int flags) {
        return has(flags, BRAIN) ? a & 0x7FFF : ofDouble(Math.abs(toFloat(a, flags)), flags);
    }

    /** The tanh and ex2 of {@code .approx}. */
    public static int ex2(int a, int flags) {
        return ofDouble(FloatMath.ex2(toFloat(a, flags)), flags);
    }

    public static int tanh(int a, int flags) {
        return ofDouble(FloatMath.tanh(toFloat(a, flags)), flags);
    }
}
