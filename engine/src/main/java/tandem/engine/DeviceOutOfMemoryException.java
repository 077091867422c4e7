package tandem.engine;

/**
 * A device has no room for an allocation; the message states the purpose of the allocation, its size and what is
 * allocated already.
 */
public final class DeviceOutOfMemoryException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** An error with that message. */
    public DeviceOutOfMemoryException(String message) {
        super(message);
    }
}
