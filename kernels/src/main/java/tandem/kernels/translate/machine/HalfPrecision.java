package tandem.kernels.translate.machine;

/** Conversions between IEEE 754 binary16, as its bits, and float (PTX ISA, {@code cvt} with {@code .f16}). */
public final class HalfPrecision {

    private static final int INFINITY = 0x7C00;
    private static final int NAN = 0x7FFF;
    /** The bits of 65520, from which on everything rounds to infinity. */
    private static final int TOO_LARGE = 0x477F_F000;
    /** The bits of 2^-14, the minimum normal number. */
    private static final int NORMAL = 0x3880_0000;
    /** What the exponents of the two formats differ by, in a float's place. */
    private static final int REBIAS = 112 << 23;

    private HalfPrecision() {}

    /** The value of 16 bits; every one is a float. */
    public static float toFloat(int bits) {
        int magnitude = (bits & 0x7FFF) << 13;
        int sign = (bits & 0x8000) << 16;
        if (magnitude >= INFINITY << 13) {
            return Float.intBitsToFloat(sign | magnitude | 0x7F80_0000);
        }
        // The product is exact: it moves the exponent, and makes subnormal numbers normal.
        return Float.intBitsToFloat(sign | magnitude) * 0x1p112f;
    }

    /** Rounds to the nearest, ties to even; too large a number becomes infinite, a NaN the canonical one. */
    public static int ofFloat(float value) {
        int bits = Float.floatToRawIntBits(value);
        int magnitude = bits & 0x7FFF_FFFF;
        int sign = bits >>> 16 & 0x8000;
        if (magnitude > 0x7F80_0000) {
            return NAN;
        }
        if (magnitude >= TOO_LARGE) {
            return sign | INFINITY;
        }
        if (magnitude >= NORMAL) {
            return sign | (magnitude + 0xFFF + (magnitude >>> 13 & 1) - REBIAS) >>> 13;
        }
        // Between 1/2 and 1 floats are 2^-24 apart, as subnormal numbers of 16 bits are: the sum rounds as wanted.
        return sign | Float.floatToRawIntBits(Float.intBitsToFloat(magnitude) + 0.5f) - 0x3F00_0000;
    }
}
