/**
 * The device without a GPU: native memory, oneDNN for convolutions, batch normalization, pooling and matrix products,
 * and every other kernel translated from its PTX to bytecode and run on all cores. API:
 * {@link tandem.engine.cpu.CpuDevice}, the only public class. Internal: everything else; start at {@code CpuDnn} for
 * the library and at {@code CpuLaunch} for kernels.
 */
package tandem.engine.cpu;
