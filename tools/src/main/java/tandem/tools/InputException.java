package tandem.tools;

/** The user's input is not valid. The message is one line that states the problem and how to fix it; exit code 2. */
public final class InputException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** With a message for the user. */
    public InputException(String message) {
        super(message);
    }
}
