package tandem.engine.memory;

import java.util.List;
import tandem.engine.Command;
import tandem.engine.Resources;

/**
 * Several commands that run one after the other as one command, such as the passes of a batch normalization. It owns
 * them: closing it closes them, the last first.
 */
public final class CommandSequence implements Command {

    private final String name;
    private final Command[] commands;
    private final Resources owned = new Resources();
    private boolean closed;

    /** In the order they run. */
    public CommandSequence(String name, List<? extends Command> commands) {
        this.name = name;
        this.commands = commands.toArray(Command[]::new);
        commands.forEach(owned::add);
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
            command.requireBuffers();
        }
    }

    /** In the order they run. */
    public List<Command> commands() {
        return List.of(commands);
    }

    private void requireOpen() {
        if (closed) {
            throw new IllegalStateException(name + " belongs to a recording or device that is closed");
        }
    }

    @Override
    public void close() {
        closed = true;
        owned.close();
    }
}
