package tandem.engine.cpu;

import java.util.List;
import tandem.engine.Command;
import tandem.engine.Recording;
import tandem.engine.memory.GuardedCommand;

/** The bare list of commands. It owns them: closing it frees what they hold. */
final class CpuRecording implements Recording {

    private final Command[] commands;
    private final List<Command> list;

    CpuRecording(List<Command> commands) {
        this.list = List.copyOf(commands);
        this.commands = commands.toArray(Command[]::new);
    }

    @Override
    public void replay() {
        for (Command command : commands) {
            command.run();
        }
    }

    @Override
    public List<Command> commands() {
        return list;
    }

    @Override
    public void close() {
        for (Command command : commands) {
            if (command instanceof GuardedCommand own) {
                own.close();
            }
        }
    }
}
