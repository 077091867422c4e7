package tandem.engine;

/** The gradients of all parameters in one arena that mirrors {@link Weights#parameters}; gaps and untouched parts stay zero. */
public final class Gradients implements AutoCloseable {

    /** Zeroed memory of the layout of {@code weights}. */
    public Gradients(Device device, Weights weights) {
        throw new UnsupportedOperationException();
    }

    /** All of it. */
    public Memory all() {
        throw new UnsupportedOperationException();
    }

    /** Where the gradient of one parameter lies. */
    public Memory of(Tensor parameter) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void close() {}
}
