package tandem.tools.bundle;

/** A bundle cannot be made; the message states the reason and how to fix it. */
final class BundleException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BundleException(String message) {
        super(message);
    }
}
