package tandem.kernels.translate.machine;

/** Floating-point instructions of PTX that are not one Java operation (PTX ISA, section 9.7.3). */
public final class FloatMath {

    private FloatMath() {}

    /** Subnormal numbers become zero of the same sign ({@code .ftz}). */
    public static float flush(float x) {
        return Math.abs(x) < Float.MIN_NORMAL ? Math.copySign(0f, x) : x;
    }

    /** The bits of a float rounded to the 11 bits of a {@code tf32}, ties away from zero. */
    public static int toTf32(float x) {
        return x != x ? 0x7FFF_FFFF : Float.floatToRawIntBits(x) + 0x1000 & ~0x1FFF;
    }

    /** Clamps to [0, 1]; NaN becomes 0 ({@code .sat}). */
    public static float saturate(float x) {
        return x > 0f ? (x < 1f ? x : 1f) : 0f;
    }

    /** As for float. */
    public static double saturate(double x) {
        return x > 0.0 ? (x < 1.0 ? x : 1.0) : 0.0;
    }

    /** The number when the other is NaN; -0 is below +0. */
    public static float min(float a, float b) {
        return a != a ? b : b != b ? a : Math.min(a, b);
    }

    /** As {@link #min(float, float)}. */
    public static float max(float a, float b) {
        return a != a ? b : b != b ? a : Math.max(a, b);
    }

    /** As for float. */
    public static double min(double a, double b) {
        return a != a ? b : b != b ? a : Math.min(a, b);
    }

    /** As for float. */
    public static double max(double a, double b) {
        return a != a ? b : b != b ? a : Math.max(a, b);
    }

    /** Quotient that is 0 for finite a when 2^126 is below |b|, as {@code div.approx.f32} defines. */
    public static float divApprox(float a, float b) {
        if (Math.abs(b) > 0x1p126f && Math.abs(b) <= Float.MAX_VALUE) {
            return Float.isInfinite(a) ? Float.NaN : Math.copySign(0f, a) * Math.signum(b);
        }
        return a / b;
    }

    public static float sqrt(float x) {
        return (float) Math.sqrt(x);
    }

    public static float rsqrt(float x) {
        return (float) (1.0 / Math.sqrt(x));
    }

    /** The high 32 bits decide alone, and the result's low 32 bits are zero ({@code rcp.approx.ftz.f64}). */
    public static double rcpApprox(double x) {
        double kept = Double.longBitsToDouble(Double.doubleToRawLongBits(x) & 0xFFFF_FFFF_0000_0000L);
        double flushed = Math.abs(kept) < Double.MIN_NORMAL ? Math.copySign(0.0, kept) : kept;
        double result = 1.0 / flushed;
        result = Math.abs(result) < Double.MIN_NORMAL ? Math.copySign(0.0, result) : result;
        return Double.longBitsToDouble(Double.doubleToRawLongBits(result) & 0xFFFF_FFFF_0000_0000L);
    }

    /** As {@link #rcpApprox}, for {@code rsqrt.approx.f64} and {@code rsqrt.approx.ftz.f64}. */
    public static double rsqrtApprox(double x) {
        return 1.0 / Math.sqrt(x);
    }

    public static float sin(float x) {
        return (float) Math.sin(x);
    }

    public static float cos(float x) {
        return (float) Math.cos(x);
    }

    /** Within 2^-11 of the hyperbolic tangent, relatively ({@code tanh.approx.f32}). */
    public static float tanh(float x) {
        return (float) Math.tanh(x);
    }

    private static final double SHIFT = 0x1.8p52;

    /**
     * 2 to the power x, rounded to float; relative error below 2^-23. x is split into an integer and a rest of at most
     * one half, whose power is the Taylor series of exp(rest * ln 2).
     */
    public static float ex2(float x) {
        double clamped = Math.max(-160.0, Math.min(140.0, (double) x));
        double shifted = clamped + SHIFT;
        double rest = clamped - (shifted - SHIFT);
        double power = 1.5252733804059841e-5;
        power = power * rest + 1.5403530393381608e-4;
        power = power * rest + 1.3333558146428443e-3;
        power = power * rest + 9.618129107628477e-3;
        power = power * rest + 5.5504108664821580e-2;
        power = power * rest + 2.4022650695910072e-1;
        power = power * rest + 6.9314718055994531e-1;
        power = power * rest + 1.0;
        long exponent = Double.doubleToRawLongBits(shifted) << 52;
        return (float) Double.longBitsToDouble(Double.doubleToRawLongBits(power) + exponent);
    }

    /**
     * Logarithm to base 2, relative error below 2^-23. With the mantissa m between sqrt(1/2) and sqrt(2), ln m = 2
     * artanh((m - 1) / (m + 1)).
     */
    public static float lg2(float x) {
        if (!(x > 0f) || x > Float.MAX_VALUE) {
            return x == 0f ? Float.NEGATIVE_INFINITY : x > 0f ? x : Float.NaN;
        }
        long bits = Double.doubleToRawLongBits(x);
        // 0x3FE6A09E... is sqrt(1/2): what lies above it goes to the next exponent.
        long shifted = bits - 0x3FE6_A09E_667F_3BCDL;
        long exponent = shifted >> 52;
        double mantissa = Double.longBitsToDouble(bits - (exponent << 52));
        double s = (mantissa - 1.0) / (mantissa + 1.0);
        double square = s * s;
        double series = 2.0 / 11.0;
        series = series * square + 2.0 / 9.0;
        series = series * square + 2.0 / 7.0;
        series = series * square + 2.0 / 5.0;
        series = series * square + 2.0 / 3.0;
        series = series * square + 2.0;
        return (float) (exponent + series * s * 1.4426950408889634);
    }

    public static float copySign(float sign, float magnitude) {
        return Float.intBitsToFloat(
                Float.floatToRawIntBits(magnitude) & 0x7FFF_FFFF | Float.floatToRawIntBits(sign) & 0x8000_0000);
    }

    public static double copySign(double sign, double magnitude) {
        return Double.longBitsToDouble(Double.doubleToRawLongBits(magnitude) & Long.MAX_VALUE
                | Double.doubleToRawLongBits(sign) & Long.MIN_VALUE);
    }

    public static int isFinite(double x) {
        return Math.abs(x) <= Double.MAX_VALUE ? 1 : 0;
    }

    public static int isInfinite(double x) {
        return Math.abs(x) > Double.MAX_VALUE ? 1 : 0;
    }

    public static int isNumber(double x) {
        return x == x ? 1 : 0;
    }

    public static int isNotANumber(double x) {
        return x != x ? 1 : 0;
    }

    /** Finite and not subnormal; zeros are normal here, as NVIDIA's assembler computes it. */
    public static int isNormal(double x) {
        return Math.abs(x) <= Double.MAX_VALUE && (Math.abs(x) >= Double.MIN_NORMAL || x == 0) ? 1 : 0;
    }

    public static int isSubnormal(double x) {
        return Math.abs(x) < Double.MIN_NORMAL && x != 0 ? 1 : 0;
    }

    public static int isNormal(float x) {
        return Math.abs(x) <= Float.MAX_VALUE && (Math.abs(x) >= Float.MIN_NORMAL || x == 0) ? 1 : 0;
    }

    public static int isSubnormal(float x) {
        return Math.abs(x) < Float.MIN_NORMAL && x != 0 ? 1 : 0;
    }
}
