package tandem.engine.optimizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * The Euclidean norm of all gradients, kept on the device: it clips the gradient and skips a step whose gradient is not
 * finite. Sums run in a fixed order. A norm above 1.8e19, the square of which is no float, counts as not finite.
 */
public final class GradientNorm implements AutoCloseable {

    /** Of {@code gradient_norm_partials}. */
    private static final int ELEMENTS_PER_THREAD = 64;

    private static final int STATUS_COUNT = 4;

    private final Device device;
    private final Resources owned = new Resources();
    private final Buffer partials;
    private final Buffer status;
    private final List<Command> commands;
    private final ByteBuffer read =
            ByteBuffer.allocateDirect(STATUS_COUNT * Float.BYTES).order(ByteOrder.nativeOrder());

    /**
     * The norm of {@code gradients}.
     *
     * @param maxNorm gradients with a larger norm are scaled down to it; {@code Float.POSITIVE_INFINITY} for no
     *     clipping
     */
    public GradientNorm(Device device, Memory gradients, float maxNorm) {
        if (!(maxNorm > 0)) {
            throw new IllegalArgumentException("gradients can be clipped only to a norm above 0, not to " + maxNorm);
        }
        this.device = device;
        int n = Arena.elements(gradients);
        KernelEntry sums = Catalogue.find("gradient_norm_partials");
        KernelEntry finish = Catalogue.find("gradient_norm_finish");
        int blocks = sums.blockCount(n, ELEMENTS_PER_THREAD);
        try {
            partials = owned.add(device.allocate((long) blocks * Float.BYTES, "gradient norm, partial sums"));
            status = owned.add(device.allocate(STATUS_COUNT * Float.BYTES, "gradient norm"));
            commands = List.of(
                    device.launch(sums, sums.blocks(blocks), gradients, partials.memory(), n),
                    device.launch(finish, finish.blocks(1), partials.memory(), blocks, maxNorm, status.memory()));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    /** What computes it. */
    public List<Command> commands() {
        return commands;
    }

    /**
     * On the device: norm, clipping factor, 1 if the norm is finite else 0, steps that were not finite so far; four
     * floats.
     */
    public Memory status() {
        return status.memory();
    }

    /**
     * Waits for earlier commands and reads {@link #norm}, {@link #finite} and {@link #skippedSteps}. Allocates nothing.
     */
    public void refresh() {
        read.clear();
        device.download(status.memory(), read);
    }

    /** The norm before clipping, as of the last {@link #refresh}. */
    public float norm() {
        return read.getFloat(0);
    }

    /** Whether that norm was finite. */
    public boolean finite() {
        return read.getFloat(8) != 0;
    }

    /** How many steps were skipped since this was made. */
    public long skippedSteps() {
        return (long) read.getFloat(12);
    }

    @Override
    public void close() {
        owned.close();
    }
}
