package tandem.engine;

/**
 * The gradients of all parameters in one arena that mirrors {@link Weights#parameters}; gaps and untouched parts stay
 * zero. There may be several such sets, one after the other, for the gradients of several losses by the same
 * parameters.
 */
public final class Gradients implements AutoCloseable {

    private final WeightLayout layout;
    private final Buffer buffer;

    /** Zeroed memory of the layout of {@code weights}, one set. */
    public Gradients(Device device, Weights weights) {
        this(device, weights, 1);
    }

    /** The same with {@code sets} sets; see {@code BackwardPass.append}. */
    public Gradients(Device device, Weights weights, int sets) {
        layout = weights.layout();
        buffer = device.allocate(sets * layout.parameterBytes(), "gradients");
    }

    /** The first set. */
    public Memory all() {
        return set(0);
    }

    /** One set. */
    public Memory set(int set) {
        return buffer.memory().slice(set * layout.parameterBytes(), layout.parameterBytes());
    }

    /** All sets, one after the other. */
    public Memory sets() {
        return buffer.memory();
    }

    /** Where the gradient of one parameter lies in the first set. */
    public Memory of(Tensor parameter) {
        return of(parameter, 0);
    }

    /** Where the gradient of one parameter lies in a set. */
    public Memory of(Tensor parameter, int set) {
        if (parameter.role() != Tensor.Role.PARAMETER) {
            throw new IllegalArgumentException(
                    parameter + " is " + parameter.role() + "; only parameters have gradients here");
        }
        return layout.of(parameter, set(set));
    }

    @Override
    public void close() {
        buffer.close();
    }
}
