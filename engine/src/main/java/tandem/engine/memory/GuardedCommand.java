package tandem.engine.memory;

import tandem.engine.Command;

/** A command that records which buffers it uses, and may own resources of a library. */
public interface GuardedCommand extends Command, AutoCloseable {

    /**
     * Checks the command without running it.
     *
     * @throws IllegalStateException when the command, or a buffer that it uses, is closed; names both
     */
    void requireBuffers();

    /** Frees what the command owns; a second call does nothing. */
    @Override
    void close();
}
