package tandem.engine.optimizer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import tandem.engine.Buffer;
import tandem.engine.Device;
import tandem.engine.Memory;

/** The numbers that differ from step to step, in device memory, since commands are made once. */
public final class StepValues implements AutoCloseable {

    private static final int COUNT = 4;

    private final Device device;
    private final Optimizer optimizer;
    private final Buffer buffer;
    private final ByteBuffer staged =
            ByteBuffer.allocateDirect(COUNT * Float.BYTES).order(ByteOrder.nativeOrder());

    /** For steps of {@code optimizer}. */
    public StepValues(Device device, Optimizer optimizer) {
        this.device = device;
        this.optimizer = optimizer;
        this.buffer = device.allocate(COUNT * Float.BYTES, "step values");
    }

    /**
     * Sets the numbers for every later command. Allocates nothing.
     *
     * @param learningRate of this step
     * @param step its number, 1 for the first
     * @param averageDecay how much the moving average keeps, in [0, 1]; see {@link MovingAverage#decay}
     */
    public void set(double learningRate, long step, double averageDecay) {
        if (step < 1) {
            throw new IllegalArgumentException("steps count from 1, got " + step);
        }
        if (!(averageDecay >= 0 && averageDecay <= 1)) {
            throw new IllegalArgumentException("the average's decay must be in [0, 1], got " + averageDecay);
        }
        staged.clear();
        staged.putFloat((float) learningRate)
                .putFloat((float) optimizer.firstCorrection(step))
                .putFloat((float) optimizer.secondCorrection(step))
                .putFloat((float) (1 - averageDecay));
        staged.flip();
        device.upload(staged, buffer.memory());
    }

    /** Learning rate, first correction, second correction, averaging rate: four floats. */
    public Memory memory() {
        return buffer.memory();
    }

    @Override
    public void close() {
        buffer.close();
    }
}
