package tandem.engine;

/**
 * A piecewise linear activation: {@code x} for positive {@code x}, {@code slope * x} otherwise.
 *
 * @param slope 1 for none, 0 for ReLU, between them for leaky ReLU
 */
public record Activation(float slope) {

    /** Leaves its input as it is. */
    public static final Activation NONE = new Activation(1);
    /** max(x, 0). */
    public static final Activation RELU = new Activation(0);

    /** Leaky ReLU with the given slope for negative inputs. */
    public static Activation leaky(float slope) {
        return new Activation(slope);
    }

    // Written out, as what the JVM generates for records takes milliseconds at the start of a process.
    @Override
    public boolean equals(Object other) {
        return other instanceof Activation that && Float.compare(slope, that.slope) == 0;
    }

    @Override
    public int hashCode() {
        return Float.hashCode(slope);
    }

    /** Whether it changes anything. */
    public boolean present() {
        return slope != 1;
    }
}
