package tandem.model.inference;

/** An output of the network for an image is not a finite number, so that the image has no result. */
public final class NonFiniteOutputException extends IllegalStateException {

    private static final long serialVersionUID = 1;

    NonFiniteOutputException() {
        super("the outputs of the network for this frame are not finite numbers, so it has no result; "
                + "with activations in float16 they may be too large: use float32");
    }
}
