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
 * The factor by which backward passes are scaled, so that small gradients survive in FLOAT16 (Micikevicius et al. 2018,
 * sections 3.2 and 4): halved after a step whose gradient is not finite, which is skipped, and doubled after a while
 * without one. Always a power of two, so that scaling and its undoing change no digit. Gradients are brought back right
 * after each backward pass.
 */
final class LossScale implements AutoCloseable {

    private static final double START = 65_536;
    private static final double LEAST = 1;
    private static final double MOST = 16_777_216;
    private static final int PATIENCE = 2000;

    /**
     * What a checkpoint keeps.
     *
     * @param scale the factor
     * @param good steps since it last changed
     * @param skipped steps skipped in all
     */
    record State(double scale, int good, long skipped) {

        static final State FIRST = new State(START, 0, 0);

        State {
            if (!(scale >= LEAST && scale <= MOST) || good < 0 || skipped < 0) {
                throw new IllegalArgumentException("a loss scale of " + scale + " with " + good + " good and " + skipped
                        + " skipped steps: expected a scale from " + LEAST + " to " + MOST + " and no negative number");
            }
        }

        /** After a step with a finite gradient. */
        State afterGood() {
            return good + 1 < PATIENCE || scale * 2 > MOST
                    ? new State(scale, good + 1, skipped)
                    : new State(scale * 2, 0, skipped);
        }

        /** Whether a gradient that is not finite can be blamed on the scale. */
        boolean canShrink() {
            return scale / 2 >= LEAST;
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

    /** For these gradients, all sets of them. */
    LossScale(Device device, Memory gradients) {
        this.device = device;
        inverse = device.allocate(Float.BYTES, "loss scale");
        int n = Math.toIntExact(gradients.bytes() / Float.BYTES);
        KernelEntry kernel = Catalogue.find("scale_in_place");
        restore = device.launch(kernel, kernel.elements((n + 3L) / 4), gradients, inverse.memory(), n);
        set(state);
    }

    /** Where it stands. */
    State state() {
        return state;
    }

    /** Sets it, for every later step. */
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
