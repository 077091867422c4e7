package tandem.model.train;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;
import tandem.model.checkpoint.LossScaleState;

/**
 * The loss scale, which prevents the underflow of small gradients in FLOAT16 (Micikevicius et al. 2018, sections 3.2
 * and 4): It is halved after a step whose gradient is not finite, which is skipped, and doubled after a number of
 * finite steps. It is a power of two, so that scaling and unscaling are exact. Gradients are unscaled directly after
 * each backward pass.
 */
final class LossScale implements AutoCloseable {

    private final Device device;
    private final Buffer inverse;
    private final Command restore;
    private final ByteBuffer staged = ByteBuffer.allocateDirect(Float.BYTES).order(ByteOrder.nativeOrder());
    private LossScaleState state = LossScaleState.FIRST;

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
    LossScaleState state() {
        return state;
    }

    /** Sets the state for later steps. */
    void set(LossScaleState to) {
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
