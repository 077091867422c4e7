package tandem.engine;

/**
 * A call of a native library failed; the message has the call, the library's own message, the sizes and what to try.
 */
public final class LibraryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** An error with that message. */
    public LibraryException(String message) {
        super(message);
    }
}
