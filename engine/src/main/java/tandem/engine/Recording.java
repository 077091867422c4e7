package tandem.engine;

import java.util.List;

/**
 * A fixed list of commands that a device replays as one: a captured graph on a GPU, the bare list on the CPU. It owns
 * its commands from the return of {@link Device#record} on: closing it closes them, the last first, and a closed
 * command does not run, on any device. If recording fails, the commands stay with the caller.
 */
public interface Recording extends AutoCloseable {

    /**
     * Runs all commands in order, with the device's lock. Allocates nothing.
     *
     * @throws IllegalStateException when the recording, or a buffer that a command uses, is closed
     */
    void replay();

    /** The commands, in order. */
    List<Command> commands();

    /** Waits until a replay ends, and closes the recording and its commands; a second call does nothing. */
    @Override
    void close();
}
