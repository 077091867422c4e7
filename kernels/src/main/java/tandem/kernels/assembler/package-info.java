/**
 * NVIDIA's PTX assembler, run in this process without a GPU, driver or toolkit: it reports whether a kernel assembles
 * for an architecture and what it costs there. API, start at {@link tandem.kernels.assembler.Assembler}.
 */
package tandem.kernels.assembler;
