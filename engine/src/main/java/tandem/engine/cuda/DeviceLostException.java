package tandem.engine.cuda;

/**
 * The GPU ran into an error after which the driver refuses every further call of this process, such as an access
 * outside its memory. The device can only be closed; a new process can use the GPU again.
 */
public final class DeviceLostException extends RuntimeException {

    private static final long serialVersionUID = 1;

    DeviceLostException(String message) {
        super(message);
    }
}
