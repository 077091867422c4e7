package tandem.kernels.translate.machine;

/** What a kernel's {@code trap} becomes. */
public final class Trap {

    private Trap() {}

    /** Throws an exception with that message. */
    public static void raise(String message, int thread) {
        throw new IllegalStateException(message + " (thread " + thread + " of its block)");
    }
}
