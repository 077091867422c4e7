package tandem.model.train;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Recording;
import tandem.engine.Resources;
import tandem.engine.Weights;
import tandem.engine.optimizer.AdamW;
import tandem.engine.optimizer.GradientNorm;
import tandem.engine.optimizer.MovingAverage;
import tandem.engine.optimizer.Optimizer;
import tandem.engine.optimizer.Sgd;
import tandem.engine.optimizer.StepValues;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.TrainingSettings;

/**
 * The update of the weights: gradient norm, clipping, the optimizer's step and the moving average, all on the device.
 */
final class WeightUpdate implements AutoCloseable {

    private final TrainingSettings settings;
    private final Resources owned = new Resources();
    private final Buffer state;
    private final StepValues values;
    private final GradientNorm norm;
    private final Recording recording;

    static Optimizer optimizer(TrainingSettings settings) {
        return settings.optimizer().type() == OptimizerSettings.Type.SGD
                ? new Sgd(settings.optimizer().momentum(), settings.optimizer().weightDecay())
                : AdamW.withDecay(settings.optimizer().weightDecay());
    }

    WeightUpdate(Device device, TrainingSettings settings, Weights weights, Weights average, Memory gradients) {
        this.settings = settings;
        Optimizer optimizer = optimizer(settings);
        try {
            state = owned.add(device.allocate(optimizer.stateBytes(weights.parameters()), "optimizer state"));
            values = owned.add(new StepValues(device, optimizer));
            norm = owned.add(new GradientNorm(
                    device,
                    gradients,
                    settings.optimizer().gradientClip() > 0
                            ? settings.optimizer().gradientClip()
                            : Float.POSITIVE_INFINITY));
            List<Command> commands = new ArrayList<>(norm.commands());
            commands.addAll(optimizer.step(
                    device, weights.parameters(), weights.decayedElements(), gradients, state.memory(), values, norm));
            commands.addAll(MovingAverage.update(device, average.all(), weights.all(), values, norm));
            recording = owned.add(device.record(commands));
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    /**
     * Updates the weights, unless the gradient's norm is not finite, and waits for that norm.
     *
     * @param step from 0
     */
    void run(double learningRate, long step) {
        long number = step + 1;
        values.set(learningRate, number, settings.average().decay(number));
        recording.replay();
        norm.refresh();
    }

    /** Norm of the gradient of the last run, before clipping. */
    float norm() {
        return norm.norm();
    }

    /** Whether that norm was finite. */
    boolean finite() {
        return norm.finite();
    }

    /** The optimizer's state, part of a checkpoint. */
    Memory state() {
        return state.memory();
    }

    @Override
    public void close() {
        owned.close();
    }
}
