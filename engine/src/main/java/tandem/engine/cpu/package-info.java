/**
 * The device without a GPU: native memory, oneDNN for convolutions, batch normalisation, pooling and matrix products,
 * and every other kernel translated from its PTX to bytecode and run on all cores. Start at
 * {@link tandem.engine.cpu.CpuDevice}; {@code CpuDnn} is the library side, {@code CpuLaunch} the kernel side, and every
 * command is a {@link tandem.engine.memory.GuardedCommand}.
 */
package tandem.engine.cpu;
