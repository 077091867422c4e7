package tandem.tools.bundle;

/** A bundle cannot be made; the message says why and what to do. */
public final class BundleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BundleException(String message) {
        super(message);
    }
}
