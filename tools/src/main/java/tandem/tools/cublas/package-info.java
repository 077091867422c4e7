/**
 * The library through which JCublas works on a machine that has only CUDA 13. Start at
 * {@link tandem.tools.cublas.ForwardingLibrary}, which builds it. Not an API.
 */
package tandem.tools.cublas;
