/**
 * Counts what the threads of a kernel launch do, by source line: start at {@link tandem.kernels.count.LaunchCounters}.
 */
package tandem.kernels.count;
