package tandem.engine.cpu;

import java.util.List;
import tandem.engine.Command;

/** Several commands that are one to the outside; closing it closes them. */
final class CpuSequence extends CpuCommand {

    private final Command[] commands;

    CpuSequence(String name, Allocations owner, List<Command> commands) {
        super(name, owner, List.of());
        this.commands = commands.toArray(Command[]::new);
    }

    @Override
    void execute() {
        for (Command command : commands) {
            command.run();
        }
    }

    @Override
    void release() {
        for (Command command : commands) {
            if (command instanceof CpuCommand closeable) {
                closeable.close();
            }
        }
    }
}
