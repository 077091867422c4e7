package tandem.engine;

/**
 * Work with every address and number fixed, ready to be replayed: a kernel launch, a convolution, a copy. Whoever
 * receives it from a device owns it, until it becomes part of a {@link Recording}, which then closes it.
 */
public interface Command extends AutoCloseable {

    /** Its name in profiles and errors. */
    String name();

    /** Runs it on the CPU, or puts it on the GPU's stream, with the device's lock. Allocates nothing. */
    void run();

    /**
     * Checks the command without running it.
     *
     * @throws IllegalStateException when the command, or a buffer that it uses, is closed; names both
     */
    void requireBuffers();

    /**
     * Waits until the command is not running, and frees what it owns; it does not run afterwards. A second call does
     * nothing.
     */
    @Override
    void close();
}
