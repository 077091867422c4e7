package tandem.engine;

/** The three convolutions of training. */
public enum ConvolutionKind {
    /** y from x and filter. */
    FORWARD,
    /** The gradient of x from those of y and the filter. */
    BACKWARD_DATA,
    /** The gradient of the filter from x and the gradient of y. */
    BACKWARD_FILTER
}
