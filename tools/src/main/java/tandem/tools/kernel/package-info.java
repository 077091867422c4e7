/**
 * {@code tandem kernels}: lists the kernels of the build, checks a PTX file of the user's with the same assembler and
 * translator, and runs an entry of it on the CPU in checked mode. Start at {@link tandem.tools.kernel.KernelsCommand}.
 */
package tandem.tools.kernel;
