package tandem.engine.cuda;

import java.util.List;

/** Several commands that are one to the outside: the passes of a batch normalisation, a product and what follows it. */
final class CudaSequence implements GuardedCommand {

    private final String name;
    private final GuardedCommand[] commands;

    CudaSequence(String name, List<? extends GuardedCommand> commands) {
        this.name = name;
        this.commands = commands.toArray(GuardedCommand[]::new);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public void run() {
        for (GuardedCommand command : commands) {
            command.run();
        }
    }

    @Override
    public void requireBuffers() {
        for (GuardedCommand command : commands) {
            command.requireBuffers();
        }
    }
}
