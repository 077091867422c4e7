package tandem.model.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Plan;
import tandem.engine.Variables;
import tandem.engine.optimizer.Optimizer;
import tandem.model.batch.BatchShape;
import tandem.model.distillation.Teachers;
import tandem.model.network.Network;
import tandem.model.settings.TrainingSettings;

/**
 * What a training run needs on its device, known before anything is allocated. All sizes in bytes.
 *
 * @param plans the memory plan of each input side, largest first, for steps that are not measured
 * @param weights parameters and running statistics
 * @param average their moving average
 * @param gradients of all parameters, for each task too where these are kept apart
 * @param sums of gradients over micro-batches; 0 without these
 * @param optimizer what the optimiser keeps
 * @param activations of the largest side, shared by all
 * @param workspace of the largest operation
 * @param inputs batches and constants of all sides
 * @param rounded variables in 16 bits
 */
public record TrainingMemory(
        Map<Integer, Plan> plans,
        long weights,
        long average,
        long gradients,
        long sums,
        long optimizer,
        long activations,
        long workspace,
        long inputs,
        long rounded) {

    /** Plans a run. */
    public static TrainingMemory of(Device device, Network network, TrainingSettings settings, BatchShape shape) {
        Variables variables = network.variables(settings.freeze().stages());
        List<Map<Integer, StepProgram>> programs =
                StepProgram.all(device, network, variables, settings, shape, Teachers.none());
        Map<Integer, Plan> plans = new LinkedHashMap<>();
        programs.get(0).forEach((side, program) -> plans.put(side, program.plan()));
        long activations = 0;
        long workspace = 0;
        long inputs = 0;
        long rounded = 0;
        for (Plan plan : programs.stream()
                .flatMap(sides -> sides.values().stream())
                .map(StepProgram::plan)
                .toList()) {
            activations = Math.max(activations, plan.activationBytes());
            workspace = Math.max(workspace, plan.workspaceBytes());
            inputs += plan.inputBytes();
            rounded = Math.max(rounded, plan.roundedBytes());
        }
        Plan first = plans.values().iterator().next();
        int sets = TaskBalance.sets(network.settings(), settings.balance());
        long gradients = sets * first.parameterBytes();
        Optimizer optimizer = WeightUpdate.optimizer(settings);
        return new TrainingMemory(
                plans,
                first.weightBytes(),
                first.weightBytes(),
                gradients,
                settings.batches().microBatches() > 1 ? gradients : 0,
                optimizer.stateBytes(new Memory(0, first.parameterBytes())),
                activations,
                workspace,
                inputs,
                rounded);
    }

    /** All of it: the most that is allocated at one time, but for a few scalars. */
    public long total() {
        return weights + average + gradients + sums + optimizer + activations + workspace + inputs + rounded;
    }
}
