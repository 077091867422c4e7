package tandem.model.train;

/** A loss or a gradient that is infinite or not a number. The message names step, images and the first such tensor. */
public final class NonFiniteException extends RuntimeException {

    private static final long serialVersionUID = 1;

    NonFiniteException(String message) {
        super(message);
    }
}
