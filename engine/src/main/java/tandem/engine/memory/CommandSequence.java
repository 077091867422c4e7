package tandem.engine.memory;

import java.util.List;
import tandem.engine.Command;

/**
 * Several commands that run one after the other as one command, such as the passes of a batch normalization. It owns
 * them: closing it closes them.
 */
public final class CommandSequence implements GuardedCommand {

    private final String name;
    private final Command[] commands;
    private boolean closed;

    /** In the order they run. */
    public CommandSequence(String name, List<? extends Command> commands) {
        this.name = name;
        this.commands = commands.toArray(Command[]::new);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        requireOpen();
        for (Command command : commands) {
            command.run();
        }
    }

    @Override
    public void requireBuffers() {
        requireOpen();
        for (Command command : commands) {
            if (command instanceof GuardedCommand guarded) {
                guarded.requireBuffers();
            }
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(name + " belongs to a recording or device that is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Command command : commands) {
            if (command instanceof GuardedCommand guarded) {
                guarded.close();
            }
        }
    }
}
