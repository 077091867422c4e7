package tandem.model.train;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Plan;
import tandem.engine.optimizer.Optimizer;
import tandem.model.batch.BatchShape;
import tandem.model.distillation.Teachers;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.settings.TrainingSettings;
import tandem.model.weak.LabelMemory;

/**
 * What a training run needs on its device. {@link TrainingStep} and {@code tandem plan} both compute it here, the one
 * from the programs that it runs, the other from the same programs without memory. All sizes in bytes.
 *
 * @param plans the memory plan of each input size, largest first, for steps that are not measured
 * @param weights parameters and running statistics
 * @param average their moving average
 * @param gradients of all parameters, for each task too where these are separate
 * @param sums of gradients over micro-batches; 0 without these
 * @param optimizer the optimizer state
 * @param activations of the largest size, shared by all sizes and by teachers
 * @param workspace of the largest operation
 * @param inputs batches and constants of all sizes, those of teachers and their prepared filters included
 * @param rounded variables in 16 bits
 * @param teachers weights of the teachers
 * @param teacherOutputs the teacher output cache; 0 in a plan, where the number of images is unknown
 * @param labels networks that generate labels beside the step, see {@link LabelMemory}
 */
public record TrainingMemory(
        Map<PixelSize, Plan> plans,
        long weights,
        long average,
        long gradients,
        long sums,
        long optimizer,
        long activations,
        long workspace,
        long inputs,
        long rounded,
        long teachers,
        long teacherOutputs,
        long labels) {

    /** Plans a run without teachers and without networks that generate labels. */
    public static TrainingMemory of(Device device, Network network, TrainingSettings settings, BatchShape shape) {
        return of(device, network, settings, shape, Teachers.none());
    }

    /**
     * Plans a run without networks that generate labels. Nothing is allocated.
     *
     * @param shape of a micro-batch; room for generated labels is added
     * @param teachers those that the settings name, without weights
     */
    public static TrainingMemory of(
            Device device, Network network, TrainingSettings settings, BatchShape shape, Teachers teachers) {
        BatchShape room = new BatchShape(
                shape.images(),
                shape.pixels(),
                Math.max(shape.boxes(), settings.weak().maxBoxes()));
        return of(
                StepProgram.all(
                        device, network, network.variables(settings.freeze().stages()), settings, room, teachers),
                network,
                settings,
                0);
    }

    /** The memory of these programs. */
    static TrainingMemory of(
            List<Map<PixelSize, StepProgram>> programs,
            Network network,
            TrainingSettings settings,
            long teacherOutputs) {
        Map<PixelSize, Plan> plans = new LinkedHashMap<>();
        programs.get(0).forEach((size, program) -> plans.put(size, program.plan()));
        long activations = 0;
        long workspace = 0;
        long inputs = 0;
        long rounded = 0;
        for (Plan plan : programs.stream()
                .flatMap(sizes -> sizes.values().stream())
                .flatMap(program -> program.plans().stream())
                .toList()) {
            activations = Math.max(activations, plan.activationBytes());
            workspace = Math.max(workspace, plan.workspaceBytes());
            inputs += plan.inputBytes() + plan.preparedBytes();
            rounded = Math.max(rounded, plan.isFrozen() ? 0 : plan.roundedBytes());
        }
        StepProgram first = programs.get(0).values().iterator().next();
        long weights = first.plan().weightBytes();
        long parameters = first.plan().parameterBytes();
        long gradients = TaskBalance.sets(network.settings(), settings.balance()) * parameters;
        Optimizer optimizer = WeightUpdate.optimizer(settings);
        return new TrainingMemory(
                plans,
                weights,
                weights,
                gradients,
                settings.batches().microBatches() > 1 ? gradients : 0,
                optimizer.stateBytes(new Memory(0, parameters)),
                activations,
                workspace,
                inputs,
                rounded,
                first.plans().stream().skip(1).mapToLong(Plan::weightBytes).sum(),
                teacherOutputs,
                0);
    }

    /** The same with networks that generate labels. */
    public TrainingMemory withLabels(long bytes) {
        return new TrainingMemory(
                plans,
                weights,
                average,
                gradients,
                sums,
                optimizer,
                activations,
                workspace,
                inputs,
                rounded,
                teachers,
                teacherOutputs,
                bytes);
    }

    /** The total: the maximum allocated at one time, without a few scalars. */
    public long total() {
        return weights
                + average
                + gradients
                + sums
                + optimizer
                + activations
                + workspace
                + inputs
                + rounded
                + teachers
                + teacherOutputs
                + labels;
    }
}
