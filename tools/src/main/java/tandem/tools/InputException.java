package tandem.tools;

/**
 * What the user gave cannot be worked with. The message is one line that says what is wrong and what to do; exit code
 * 2.
 */
public final class InputException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With a message for the user. */
    public InputException(String message) {
        super(message);
    }
}
