/**
 * The NVIDIA GPU: the driver API on the primary context for memory, kernels and graphs, cuDNN for convolutions, cuBLAS
 * (where it is there) for matrix products, and kernels of ours for everything else, batch normalisation and pooling
 * among them. Start at {@link tandem.engine.cuda.CudaDevice}; {@link tandem.engine.cuda.CudaProbe} says whether a
 * machine can run it and what is missing. No native call is made before the probe has passed, so a machine without a
 * GPU loses nothing.
 */
package tandem.engine.cuda;
