package tandem.engine.operation;

import tandem.engine.KernelArguments;

/**
 * One axis of a bilinear interpolation with half-pixel centers: what {@code interpolation.cuh} calls an Axis, with its
 * components in the order of a kernel's parameters. Output sample i lies at (i + 1/2) input / output - 1/2, clamped to
 * 0 from below.
 *
 * @param input samples read
 * @param output samples written
 * @param divisor divides by 2 output
 * @param inverse 1 / (2 output)
 */
public record Interpolation(int input, int output, Divisor divisor, float inverse) implements KernelArguments {

    /** From {@code input} samples to {@code output}, each at least 1. */
    public static Interpolation of(int input, int output) {
        if (input < 1 || output < 1) {
            throw new IllegalArgumentException(
                    "cannot interpolate " + input + " samples to " + output + ": both must be at least 1");
        }
        if (2 * (input + 2L) * output > Integer.MAX_VALUE) {
            throw new IllegalArgumentException(
                    "interpolating " + input + " samples to " + output + " exceeds 32-bit arithmetic");
        }
        return new Interpolation(input, output, Divisor.of(2 * output), (float) (0.5 / output));
    }
}
