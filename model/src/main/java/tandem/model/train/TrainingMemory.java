package tandem.model.train;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Plan;
import tandem.engine.Variables;
import tandem.engine.optimizer.Optimizer;
import tandem.model.batch.BatchShape;
import tandem.model.distillation.Teachers;
import tandem.model.network.Network;

/**
 * What a training run needs on its device, known before anything is allocated. All sizes in bytes.
 *
 * @param plans the memory plan of each input side, largest first
 * @param weights parameters and running statistics
 * @param average their moving average
 * @param gradients of all parameters
 * @param sums of gradients over micro-batches; 0 without these
 * @param optimizer what the optimiser keeps
 * @param activations of the largest side, shared by all
 * @param workspace of the largest operation
 * @param inputs batches and constants of all sides
 */
public record TrainingMemory(Map<Integer, Plan> plans, long weights, long average, long gradients, long sums, long optimizer, long activations,
        long workspace, long inputs) {

    /** Plans a run. */
    public static TrainingMemory of(Device device, Network network, TrainingSettings settings, BatchShape shape) {
        Variables variables = network.variables(settings.freeze().stages());
        TreeSet<Integer> sides = new TreeSet<>(java.util.Collections.reverseOrder());
        sides.add(network.settings().inputSide());
        sides.addAll(settings.sides());
        Map<Integer, Plan> plans = new LinkedHashMap<>();
        long activations = 0;
        long workspace = 0;
        long inputs = 0;
        for (int side : sides) {
            Plan plan = new StepProgram(device, network, variables, settings, shape, side, Teachers.none()).plan();
            plans.put(side, plan);
            activations = Math.max(activations, plan.activationBytes());
            workspace = Math.max(workspace, plan.workspaceBytes());
            inputs += plan.inputBytes();
        }
        Plan first = plans.values().iterator().next();
        long gradients = first.gradientBytes();
        Optimizer optimizer = WeightUpdate.optimizer(settings);
        return new TrainingMemory(plans, first.weightBytes(), first.weightBytes(), gradients, settings.microBatches() > 1 ? gradients : 0,
                optimizer.stateBytes(new Memory(0, gradients)), activations, workspace, inputs);
    }

    /** All of it: the most that is allocated at one time, but for a few scalars. */
    public long total() {
        return weights + average + gradients + sums + optimizer + activations + workspace + inputs;
    }
}
