package tandem.engine;

/** One allocation on a device, with one owner. Closing it twice does nothing; using it after that is an error. */
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
