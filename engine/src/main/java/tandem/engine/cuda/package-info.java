/**
 * The NVIDIA GPU: the driver API on the primary context for memory, kernels and graphs, cuDNN for convolutions, cuBLAS
 * (where it is installed) for matrix products, and kernels of this project for everything else, batch normalization and
 * pooling included. API: {@link tandem.engine.cuda.CudaDevice}, and {@link tandem.engine.cuda.CudaProbe}, which reports
 * whether a machine can run it and what is missing. Internal: everything else that is not public; start at
 * {@code CudaContext} and {@code CudaDnn}. No native call is made before the probe has passed, so that nothing fails on
 * a machine without a GPU.
 */
package tandem.engine.cuda;
