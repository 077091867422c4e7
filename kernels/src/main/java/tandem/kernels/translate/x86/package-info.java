/**
 * Translates kernels to x86-64 machine code that runs eight threads at once as the lanes of AVX2 vectors. Internal:
 * public for {@code tandem.kernels.translate} alone. Start at {@link tandem.kernels.translate.x86.VectorTranslator};
 * what a kernel needs that this package does not know runs as bytecode.
 */
package tandem.kernels.translate.x86;
