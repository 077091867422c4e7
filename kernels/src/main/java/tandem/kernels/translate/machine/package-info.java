/**
 * What translated kernels call while they run: the arithmetic of PTX where Java's differs, raw memory, the state of the
 * block being executed, the scheduler that lets threads wait for each other, and the checks of checked mode. Internal:
 * public only because the generated classes and the emitters of {@code tandem.kernels.translate} need it; start at
 * {@link tandem.kernels.translate.machine.BlockContext}.
 */
package tandem.kernels.translate.machine;
