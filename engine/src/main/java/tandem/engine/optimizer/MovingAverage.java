package tandem.engine.optimizer;

import java.util.List;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * Exponential moving average of weights, running statistics included: {@code average = d average + (1 - d) weights}.
 */
public final class MovingAverage {

    private MovingAverage() {}

    /**
     * How much the average keeps at its {@code update}-th update, counted from 1: limit (1 - exp(-update / ramp)), so
     * that it follows fast at first.
     */
    public static double decay(long update, double limit, double ramp) {
        return limit * (1 - Math.exp(-update / ramp));
    }

    /**
     * The commands of one update; the decay is that of {@link StepValues#set}. Nothing changes after a step that was
     * skipped.
     *
     * @param average of the same layout as {@code weights}, such as {@link tandem.engine.Weights#all} of both
     */
    public static List<Command> update(
            Device device, Memory average, Memory weights, StepValues values, GradientNorm norm) {
        Arena.requireSameLength("weights and their average", weights, average);
        int n = Arena.elements(weights);
        KernelEntry kernel = Catalogue.find("average_update");
        return List.of(device.launch(
                kernel, kernel.elements(Arena.fours(n)), average, weights, values.memory(), norm.status(), n));
    }
}
