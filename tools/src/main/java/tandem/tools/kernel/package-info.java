/**
 * {@code tandem kernels}: lists the kernels of the build, checks the PTX file of a user with the same assembler and
 * translator, and runs an entry on the CPU in checked mode. Start at {@link tandem.tools.kernel.KernelsCommand}. Not an
 * API.
 */
package tandem.tools.kernel;
