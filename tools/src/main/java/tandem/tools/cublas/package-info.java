/**
 * The library that lets JCublas work on a machine with CUDA 13 alone; {@link tandem.tools.cublas.ForwardingLibrary}
 * builds it.
 */
package tandem.tools.cublas;
