package tandem.model;

/**
 * A frame that cannot be inspected as described: of a size or format other than the inspector's, in a buffer that is
 * too small, or with impossible numbers.
 */
public final class FrameException extends IllegalArgumentException {

    private static final long serialVersionUID = 1;

    FrameException(String message) {
        super(message);
    }
}
