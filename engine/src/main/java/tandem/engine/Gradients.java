package tandem.engine;

/** The gradients of all parameters in one arena that mirrors {@link Weights#parameters}; gaps and untouched parts stay zero. */
public final class Gradients implements AutoCloseable {

    private final WeightLayout layout;
    private final Buffer buffer;

    /** Zeroed memory of the layout of {@code weights}. */
    public Gradients(Device device, Weights weights) {
        layout = weights.layout();
        buffer = device.allocate(layout.parameterBytes(), "gradients");
    }

    /** All of it. */
    public Memory all() {
        return buffer.memory();
    }

    /** Where the gradient of one parameter lies. */
    public Memory of(Tensor parameter) {
        if (parameter.role() != Tensor.Role.PARAMETER) {
            throw new IllegalArgumentException(parameter + " is " + parameter.role() + "; only parameters have gradients here");
        }
        return layout.of(parameter, buffer.memory());
    }

    @Override
    public void close() {
        buffer.close();
    }
}
