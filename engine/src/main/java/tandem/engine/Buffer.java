package tandem.engine;

/**
 * One allocation on a device, with one owner. Closing waits for the command that is running; a second time it does
 * nothing. Using it after that is an error.
 */
public interface Buffer extends AutoCloseable {

    /**
     * The whole of it.
     *
     * @throws IllegalStateException after {@link #close}
     */
    Memory memory();

    @Override
    void close();
}
