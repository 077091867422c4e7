package tandem.model.train;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Recording;
import tandem.engine.Resources;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.optimizer.GradientPair;
import tandem.model.balance.LossWeights;
import tandem.model.distillation.Task;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.BalanceSettings;
import tandem.model.settings.TrainingSettings;

/**
 * The balance of the tasks in a step: the weights of the losses, the measured gradients of each task, and their
 * combination without conflict. Gradients of the sum of all losses are the first set, those of the tasks the sets after
 * it.
 */
final class TaskBalance implements AutoCloseable {

    private final BalanceSettings settings;
    private final LossWeights weights;
    private final boolean both;
    private final Resources owned = new Resources();
    private GradientPair compared;
    private GradientPair last;
    private Recording measurement;
    private Recording sum;
    private TrainingEvent.Tasks tasks;

    /**
     * Allocates the measurements.
     *
     * @throws IllegalArgumentException when the method needs two tasks and the network has one
     */
    TaskBalance(Device device, Network network, TrainingSettings training, Weights weights, StepGradients gradients) {
        settings = training.balance();
        this.weights = LossWeights.of(
                settings, training.losses().detectionWeight(), training.losses().segmentationWeight());
        both = both(network.settings());
        if (settings.needsBothTasks() && !both) {
            throw new IllegalArgumentException("balance by " + settings.method()
                    + " needs a network with boxes and masks; use fixed weights for one task");
        }
        try {
            if (measured()) {
                prepareMeasurement(device, network, weights, gradients);
            }
            if (projects()) {
                prepareSum(device, weights, gradients);
            }
        } catch (RuntimeException | Error problem) {
            owned.closeAfter(problem);
            throw problem;
        }
    }

    private void prepareMeasurement(Device device, Network network, Weights weights, StepGradients gradients) {
        compared = owned.add(pair(device, weights.ranges(compared(weights.variables())), gradients));
        List<Command> commands = new ArrayList<>(compared.commands());
        if (settings.method() == BalanceSettings.Method.GRADNORM) {
            last = owned.add(pair(device, weights.ranges(network::lastShared), gradients));
            commands.addAll(last.commands());
        }
        measurement = owned.add(device.record(commands));
    }

    private void prepareSum(Device device, Weights weights, StepGradients gradients) {
        List<Weights.Range> shared = weights.ranges(Network::shared);
        GradientPair pair = owned.add(pair(device, shared, gradients));
        List<Command> commands = new ArrayList<>(pair.commands());
        for (boolean inside : new boolean[] {true, false}) {
            for (Weights.Range range : inside ? shared : weights.ranges(name -> !Network.shared(name))) {
                commands.add(pair.sum(
                        range.of(gradients.set(set(Task.DETECTION))),
                        range.of(gradients.set(set(Task.SEGMENTATION))),
                        range.of(gradients.set(0)),
                        inside));
            }
        }
        sum = owned.add(device.record(commands));
    }

    private static GradientPair pair(Device device, List<Weights.Range> ranges, StepGradients gradients) {
        Memory detection = gradients.set(set(Task.DETECTION));
        Memory segmentation = gradients.set(set(Task.SEGMENTATION));
        return new GradientPair(
                device,
                ranges.stream().map(range -> range.of(detection)).toList(),
                ranges.stream().map(range -> range.of(segmentation)).toList());
    }

    private static boolean both(NetworkSettings network) {
        return network.detects() && network.segments();
    }

    /** The set of the gradients of a task. */
    static int set(Task task) {
        return 1 + task.ordinal();
    }

    /** The number of sets. */
    static int sets(NetworkSettings network, BalanceSettings settings) {
        boolean apart =
                both(network) && (settings.measureEvery() > 0 || settings.method() == BalanceSettings.Method.PCGRAD);
        return apart ? 1 + Task.values().length : 1;
    }

    /** The programs of a run: that of a plain step, and that of a measured step if it differs. */
    static List<StepProgram.Backward> programs(NetworkSettings network, BalanceSettings settings) {
        if (settings.method() == BalanceSettings.Method.PCGRAD) {
            return List.of(StepProgram.Backward.TASKS);
        }
        return sets(network, settings) == 1
                ? List.of(StepProgram.Backward.SUM)
                : List.of(StepProgram.Backward.SUM, StepProgram.Backward.SUM_AND_TASKS);
    }

    /** The parameters whose gradients are measured for each task. */
    static Predicate<String> measured(Network network, Variables variables, BalanceSettings settings) {
        Predicate<String> compared = compared(variables);
        return settings.method() == BalanceSettings.Method.GRADNORM ? compared.or(network::lastShared) : compared;
    }

    /** The encoder, or the neck when the whole encoder is frozen. */
    private static Predicate<String> compared(Variables variables) {
        boolean trained = variables.parameters().stream()
                .anyMatch(variable -> variable.tensor().name().startsWith("encoder."));
        return name -> name.startsWith(trained ? "encoder." : "neck.");
    }

    private boolean measured() {
        return both && settings.measureEvery() > 0;
    }

    /** Whether {@link #combine} combines the tasks' gradients. */
    boolean projects() {
        return settings.method() == BalanceSettings.Method.PCGRAD;
    }

    /** Whether a step, from 0, is measured. */
    boolean measures(long step) {
        return both && settings.measures(step);
    }

    /** The factors of the losses in the next step. */
    LossWeights.Factors factors() {
        return weights.factors();
    }

    /** After the backward passes: computes the gradient for the optimizer, unless it exists already. */
    void combine() {
        tasks = null;
        if (sum != null) {
            sum.replay();
        }
    }

    /** After the update: updates the weights of the losses and reads the measurements. */
    void afterStep(long step, double learningRate, LossWeights.Losses losses) {
        if (measures(step)) {
            LossWeights.Factors used = weights.factors();
            measurement.replay();
            compared.refresh();
            tasks = new TrainingEvent.Tasks(
                    step,
                    compared.firstNorm(),
                    compared.secondNorm(),
                    compared.cosine(),
                    used.location(),
                    used.confidence(),
                    used.segmentation());
            if (last != null) {
                last.refresh();
                weights.afterMeasurement(losses, new LossWeights.Norms(last.firstNorm(), last.secondNorm()));
            }
        }
        weights.afterStep(learningRate, losses);
    }

    /** The measurement of the last step, or null. */
    TrainingEvent.Tasks tasks() {
        return tasks;
    }

    /** Its state for a checkpoint. */
    List<Double> state() {
        return weights.state();
    }

    void restore(List<Double> state) {
        weights.restore(state);
    }

    @Override
    public void close() {
        owned.close();
    }
}
