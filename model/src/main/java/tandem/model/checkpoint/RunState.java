package tandem.model.checkpoint;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.engine.Variables;
import tandem.engine.Weights;

/**
 * What a run has on its device, and what changes with its steps.
 *
 * @param device where the memory is
 * @param variables all that are trained
 * @param ofNetwork which of them, by name, are part of the network
 * @param weights their values
 * @param average the moving average of their values
 * @param optimizer what the optimizer keeps
 * @param balance the state of the balance of the tasks
 * @param lossScale empty where losses are not scaled
 */
public record RunState(
        Device device,
        Variables variables,
        Predicate<String> ofNetwork,
        Weights weights,
        Weights average,
        Memory optimizer,
        List<Double> balance,
        Optional<LossScaleState> lossScale) {}
