package tandem.engine.operation;

import tandem.engine.DataType;

/**
 * Floating-point formats from their definition: precision and exponent range (IEEE 754, and bfloat16 as a float's upper
 * half).
 */
final class Rounding {

    private Rounding() {}

    /** Half the distance from 1 to the next larger number: the largest relative error of one rounding. */
    static double unit(DataType type) {
        return Math.scalb(1, -precision(type));
    }

    /** The nearest number of the format, ties to even. */
    static double to(DataType type, double value) {
        int least = type == DataType.FLOAT16 ? -14 : -126;
        double largest = type == DataType.FLOAT16 ? 65504 : Math.scalb(2 - Math.scalb(1, 1 - precision(type)), 127);
        int exponent = Math.max(least, value == 0 ? least : Math.getExponent(value));
        int place = exponent - precision(type) + 1;
        double rounded = Math.scalb(Math.rint(Math.scalb(value, -place)), place);
        return Math.abs(rounded) > largest ? Math.copySign(Double.POSITIVE_INFINITY, value) : rounded;
    }

    private static int precision(DataType type) {
        return switch (type) {
            case FLOAT32 -> 24;
            case BFLOAT16 -> 8;
            case FLOAT16 -> 11;
            default -> throw new IllegalArgumentException(type + " is no floating-point number");
        };
    }
}
