package tandem.engine.optimizer;

import tandem.engine.KernelArguments;
import tandem.engine.Memory;

/**
 * The arguments of every optimizer's kernel.
 *
 * @param states one range for each number that the optimizer keeps for a parameter
 * @param values of {@link StepValues}
 * @param norm status of {@link GradientNorm}
 * @param decayed leading elements that get weight decay
 * @param constants of the optimizer
 */
record OptimizerArguments(
        Memory parameters,
        Memory gradients,
        Memory[] states,
        Memory values,
        Memory norm,
        int elements,
        int decayed,
        Float[] constants)
        implements KernelArguments {}
