package tandem.kernels.translate.machine;

/** Element types of the matrices that a warp multiplies (PTX ISA, "Matrix Data-types"). */
public enum MatrixElement {
    F16(2),
    BF16(2),
    /** Of 32 bits, of which the lower 13 are ignored. */
    TF32(4),
    F32(4),
    F64(8),
    S8(1),
    U8(1),
    S32(4);

    private final int bytes;

    MatrixElement(int bytes) {
        this.bytes = bytes;
    }

    /** Size in bytes. */
    public int bytes() {
        return bytes;
    }

    /** How many a register has: of 64 bits for {@link #F64}, else of 32. */
    public int perRegister() {
        return Math.max(1, 4 / bytes);
    }

    /** Whether it is an integer. */
    boolean isInteger() {
        return this == S8 || this == U8 || this == S32;
    }

    /** The number that the low bits are; every one is a double. */
    double value(long bits) {
        return switch (this) {
            case F16 -> HalfPrecision.toFloat((int) bits & 0xFFFF);
            case BF16 -> Float.intBitsToFloat((int) bits << 16);
            case TF32 -> Float.intBitsToFloat((int) bits & 0xFFFF_E000);
            case F32 -> Float.intBitsToFloat((int) bits);
            case F64 -> Double.longBitsToDouble(bits);
            case S8 -> (byte) bits;
            case U8 -> (int) bits & 0xFF;
            case S32 -> (int) bits;
        };
    }

    /** The bits of a sum, rounded to nearest; integers wrap around or are clamped. */
    long bits(double sum, boolean saturates) {
        return switch (this) {
            case F16 -> HalfMath.ofDouble(sum, 0) & 0xFFFFL;
            case F32 -> Float.floatToRawIntBits((float) sum) & 0xFFFF_FFFFL;
            case F64 -> Double.doubleToRawLongBits(sum);
            case S32 -> (saturates ? (int) sum : (int) (long) sum) & 0xFFFF_FFFFL;
            default -> throw new IllegalStateException(this + " is not the type of a result");
        };
    }
}
