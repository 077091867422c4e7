package tandem.engine.cpu;

import java.util.List;
import tandem.engine.Command;
import tandem.engine.DeviceLock;
import tandem.engine.Recording;
import tandem.engine.Resources;

/** The bare list of commands. It owns them: closing it frees what they hold. */
final class CpuRecording implements Recording {

    private final DeviceLock lock;
    private final Command[] commands;
    private final List<Command> list;
    private final Resources owned = new Resources();
    private boolean closed;

    CpuRecording(DeviceLock lock, List<Command> commands) {
        this.lock = lock;
        this.list = List.copyOf(commands);
        this.commands = commands.toArray(Command[]::new);
        commands.forEach(owned::add);
    }

    @Override
    public void replay() {
        lock.enter();
        try {
            if (closed) {
                throw new IllegalStateException("this recording of " + commands.length + " commands is closed");
            }
            for (Command command : commands) {
                command.run();
            }
        } finally {
            lock.exit();
        }
    }

    @Override
    public List<Command> commands() {
        return list;
    }

    @Override
    public void close() {
        lock.enterToClose();
        try {
            closed = true;
            owned.close();
        } finally {
            lock.exit();
        }
    }
}
