/**
 * The parts of {@code bench/gpu-check}, each run in its own process. They measure and print; the script evaluates the
 * targets. Start at {@link tandem.bench.gpu.GpuCheck}. Not an API.
 */
package tandem.bench.gpu;
