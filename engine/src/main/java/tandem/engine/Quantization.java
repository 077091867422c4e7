package tandem.engine;

/**
 * Real numbers as unsigned bytes: value = scale (byte - zeroPoint). Numbers outside of the range become 0 or 255.
 *
 * @param scale distance of two adjacent values, above 0
 * @param zeroPoint the byte of the value 0, from 0 to 255
 */
public record Quantization(float scale, int zeroPoint) {

    private static final int MAX_BYTE = 255;

    /** Rejects numbers outside of these ranges. */
    public Quantization {
        if (!(scale >= Float.MIN_NORMAL && scale <= Float.MAX_VALUE) || zeroPoint < 0 || zeroPoint > MAX_BYTE) {
            throw new IllegalArgumentException("a quantization with scale " + scale + " and zero point " + zeroPoint
                    + ": the scale must be above 0 and finite, the zero point from 0 to " + MAX_BYTE);
        }
    }

    /**
     * The finest quantization whose bytes cover {@code low} to {@code high} and the value 0, which is exact.
     *
     * @throws IllegalArgumentException when a limit is not finite or they are in the wrong order
     */
    public static Quantization of(float low, float high) {
        if (!Float.isFinite(low) || !Float.isFinite(high) || low > high) {
            throw new IllegalArgumentException("cannot quantize the range from " + low + " to " + high);
        }
        double bottom = Math.min(0, low);
        double width = Math.max(0, high) - bottom;
        float scale = (float) Math.max(width / MAX_BYTE, Float.MIN_NORMAL);
        return new Quantization(scale, (int) Math.min(MAX_BYTE, Math.round(-bottom / scale)));
    }
}
