/**
 * The kernels that Tandem ships and the tools around them. CUDA C sources lie under {@code src/main/cuda}, the PTX
 * built from them beside this package's resources. API, start at {@link tandem.kernels.Catalogue};
 * {@code tandem.kernels.ptx} parses PTX, {@code tandem.kernels.translate} turns it into JVM bytecode,
 * {@code tandem.kernels.assembler} assembles it with NVIDIA's assembler.
 */
package tandem.kernels;
