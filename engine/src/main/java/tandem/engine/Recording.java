package tandem.engine;

import java.util.List;

/** A fixed list of commands that a device replays as one: a captured graph on a GPU, the bare list on the CPU. */
public interface Recording extends AutoCloseable {

    /** Runs all commands in order. Allocates nothing. */
    void replay();

    /** The commands, in order. */
    List<Command> commands();

    @Override
    void close();
}
