package tandem.model.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * The loss scale, which prevents the underflow of small gradients in FLOAT16 (Micikevicius et al. 2018, sections 3.2
 * and 4): It is halved after a step whose gradient is not finite, which is skipped, and doubled after a number of
 * finite steps. It is a power of two, so that scaling and unscaling are exact. Gradients are unscaled directly after
 * each backward pass.
 */
final class LossScale implements AutoCloseable {

    private static final double START = 65_536;
    private static final double MIN = 1;
    private static final double MAX = 16_777_216;
    private static final int PATIENCE = 2000;

    /**
     * The state for a checkpoint.
     *
     * @param scale the factor
     * @param good steps since it last changed
     * @param skipped steps skipped in all
     */
    record State(double scale, int good, long skipped) {

        static final State FIRST = new State(START, 0, 0);

        State {
            if (!(scale >= MIN && scale <= MAX) || good < 0 || skipped < 0) {
                throw new IllegalArgumentException("a loss scale of " + scale + " with " + good + " good and " + skipped
                        + " skipped steps: expected a scale from " + MIN + " to " + MAX + " and no negative number");
            }
        }

        /** After a step with a finite gradient. */
        State afterGood() {
            return good + 1 < PATIENCE || scale * 2 > MAX
                    ? new State(scale, good + 1, skipped)
                    : new State(scale * 2, 0, skipped);
        }

        /** Whether the scale can be reduced. */
        boolean canShrink() {
            return scale / 2 >= MIN;
        }

        /** After a step that was skipped. */
        State afterSkipped() {
            return new State(scale / 2, 0, skipped + 1);
        }
    }

    private final Device device;
    private final Buffer inverse;
    private final Command restore;
    private final ByteBuffer staged = ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());
    private State state = State.FIRST;

    /** Scales these gradients, all sets of them. */
    LossScale(Device device, Memory gradients) {
        this.device = device;
        inverse = device.allocate(Float.BYTES, "loss scale");
        int n = Math.toIntExact(gradients.bytes() / Float.BYTES);
        KernelEntry kernel = Catalogue.find("scale_in_place");
        restore = device.launch(kernel, kernel.elements((n + 3L) / 4), gradients, inverse.memory(), n);
        set(state);
    }

    /** The current state. */
    State state() {
        return state;
    }

    /** Sets the state for later steps. */
    void set(State to) {
        state = to;
        staged.clear().putFloat((float) (1 / to.scale())).flip();
        device.upload(staged, inverse.memory());
    }

    /** Divides the gradients of a backward pass by the factor. */
    void restoreGradients() {
        restore.run();
    }

    @Override
    public void close() {
        inverse.close();
    }
}
