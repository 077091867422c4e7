/**
 * The parts of {@code bench/gpu-check}, each run in a process of its own: {@link tandem.bench.gpu.GpuCheck} is the way
 * in. They measure and print; the script judges.
 */
package tandem.bench.gpu;
