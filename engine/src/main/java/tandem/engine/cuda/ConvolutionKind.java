package tandem.engine.cuda;

/** The three convolutions of training. */
enum ConvolutionKind {
    FORWARD,
    BACKWARD_DATA,
    BACKWARD_FILTER
}
