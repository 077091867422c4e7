package tandem.engine;

/**
 * A device has no room for an allocation; the message says what asked, what it wanted and what holds memory already.
 */
public final class DeviceOutOfMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** An error with that message. */
    public DeviceOutOfMemoryException(String message) {
        super(message);
    }
}
