package tandem.engine;

/** A native library refused a call; the message has the call, the library's own words, the sizes and what to try. */
public final class LibraryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** An error with that message. */
    public LibraryException(String message) {
        super(message);
    }
}
