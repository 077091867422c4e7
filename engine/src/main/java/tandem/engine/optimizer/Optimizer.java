package tandem.engine.optimizer;

import java.util.List;
import tandem.engine.Command;
import tandem.engine.Device;
import tandem.engine.Memory;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * A rule that moves the parameters against their gradient. It has no state of its own: the state is in memory that the
 * caller owns, zero before the first step and part of a checkpoint.
 */
public sealed interface Optimizer permits Sgd, AdamW {

    /** How many numbers it keeps for each parameter. */
    int statesPerParameter();

    /**
     * Bytes of state for {@link tandem.engine.Weights#parameters}: {@link #statesPerParameter} ranges of that length,
     * aligned to 256 bytes.
     */
    default long stateBytes(Memory parameters) {
        return statesPerParameter() * Memory.aligned(parameters.bytes());
    }

    /** What a step multiplies its first average by, from the number of the step, 1 or more. */
    double firstCorrection(long step);

    /** What a step multiplies the root of its second average by. */
    double secondCorrection(long step);

    /** The kernel's name, and its arguments after the memories and counts. */
    Launch launch();

    /**
     * A kernel of the catalogue.
     *
     * @param kernel its name
     * @param constants its last arguments
     */
    record Launch(String kernel, List<Float> constants) {}

    /**
     * The commands of one step. The gradient is scaled by the clipping factor of {@code norm} first; when the norm is
     * not finite nothing changes.
     *
     * @param parameters such as {@link tandem.engine.Weights#parameters}
     * @param decayed leading elements that get weight decay, a multiple of 4:
     *     {@link tandem.engine.Weights#decayedElements}
     * @param gradients of the same layout
     * @param state of {@link #stateBytes}
     * @param values learning rate and corrections, read when the command runs
     * @param norm of the same gradients, computed before
     */
    default List<Command> step(
            Device device,
            Memory parameters,
            long decayed,
            Memory gradients,
            Memory state,
            StepValues values,
            GradientNorm norm) {
        Arena.requireSameLength("parameters and gradients", parameters, gradients);
        if (state.bytes() != stateBytes(parameters)) {
            throw new IllegalArgumentException(
                    "the optimizer keeps " + statesPerParameter() + " numbers for each parameter, "
                            + stateBytes(parameters) + " bytes in all, got a state of " + state.bytes());
        }
        int n = Arena.elements(parameters);
        if (decayed < 0 || decayed > n || decayed % 4 != 0 && decayed != n) {
            throw new IllegalArgumentException(
                    "weight decay for " + decayed + " of " + n + " elements: expected a multiple of 4");
        }
        KernelEntry kernel = Catalogue.find(launch().kernel());
        Memory[] states = new Memory[statesPerParameter()];
        for (int i = 0; i < states.length; i++) {
            states[i] = state.slice(i * Memory.aligned(parameters.bytes()), parameters.bytes());
        }
        OptimizerArguments update = new OptimizerArguments(
                parameters,
                gradients,
                states,
                values.memory(),
                norm.status(),
                n,
                (int) decayed,
                launch().constants().toArray(Float[]::new));
        return List.of(device.launch(kernel, kernel.elements(Arena.fours(n)), update));
    }
}
