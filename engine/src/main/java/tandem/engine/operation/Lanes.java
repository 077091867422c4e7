package tandem.engine.operation;

import tandem.engine.DataType;

/**
 * How a kernel walks over channels: four a thread where their number allows, else one. Such kernels come twice in the
 * catalogue, {@code name} and {@code name4}; the latter counts channels in fours.
 *
 * @param width 4 or 1
 * @param count vectors a pixel has
 */
record Lanes(int width, int count) {

    /** For runs of {@code channels} neighboring elements. */
    static Lanes of(int channels) {
        return channels % 4 == 0 && channels > 0 ? new Lanes(4, channels / 4) : new Lanes(1, channels);
    }

    /** The variant of a kernel for tensors of {@code type}. */
    String kernel(String name, DataType type) {
        return type.kernel(width == 4 ? name + "4" : name);
    }

    /** Divides by {@link #count}; by 1 when there are no channels, as there are no threads then. */
    Divisor divisor() {
        return Divisor.of(Math.max(1, count));
    }
}
