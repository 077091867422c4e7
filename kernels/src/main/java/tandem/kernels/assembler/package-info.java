/**
 * NVIDIA's PTX assembler, run in this process without a GPU, driver or toolkit: it says whether a kernel assembles for
 * an architecture and what it costs there. Start at {@link tandem.kernels.assembler.Assembler}.
 */
package tandem.kernels.assembler;
