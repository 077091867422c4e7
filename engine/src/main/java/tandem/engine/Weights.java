package tandem.engine;

import java.nio.FloatBuffer;

/**
 * The memory of a set of {@link Variables} on one device, in one arena: first the parameters with weight decay, then those
 * without, then the states; each starts at a multiple of 256 bytes and the gaps stay zero. So an optimiser or an average is
 * one launch over a whole range. Training weights and their moving average are two instances of one layout.
 */
public final class Weights implements AutoCloseable {

    /** Zeroed memory for all of {@code variables}, which must not grow afterwards. */
    public Weights(Device device, Variables variables) {
        throw new UnsupportedOperationException();
    }

    /** Draws every variable's first value, in the order of declaration. */
    public void initialize(long seed) {
        throw new UnsupportedOperationException();
    }

    /** Where one variable lies. */
    public Memory of(Tensor variable) {
        throw new UnsupportedOperationException();
    }

    /** All parameters, gaps included: the range {@link Gradients} mirrors. */
    public Memory parameters() {
        throw new UnsupportedOperationException();
    }

    /** The leading part of {@link #parameters} to which weight decay applies, in elements. */
    public long decayedElements() {
        throw new UnsupportedOperationException();
    }

    /** All states, gaps included. */
    public Memory states() {
        throw new UnsupportedOperationException();
    }

    /** Parameters and states together. */
    public Memory all() {
        throw new UnsupportedOperationException();
    }

    /** The values of one variable, copied to the host. */
    public float[] read(Tensor variable) {
        throw new UnsupportedOperationException();
    }

    /** Sets the values of one variable. */
    public void write(Tensor variable, FloatBuffer values) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
