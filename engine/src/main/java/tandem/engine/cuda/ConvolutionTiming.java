package tandem.engine.cuda;

/**
 * One way to do a convolution, as {@link CudaDevice#compareConvolution} measures it.
 *
 * @param way the method, and the number of the algorithm or the engine with its knobs
 * @param milliseconds the fastest of a few runs; NaN when it does not work
 * @param workspaceBytes scratch memory it needs
 * @param notes what cuDNN notes about it; may be empty
 * @param failure why it does not work; empty when it does
 */
public record ConvolutionTiming(String way, double milliseconds, long workspaceBytes, String notes, String failure) {}
