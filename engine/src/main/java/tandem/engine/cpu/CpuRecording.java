package tandem.engine.cpu;

import java.util.List;
import tandem.engine.Command;
import tandem.engine.DeviceLock;
import tandem.engine.Recording;
import tandem.engine.Resources;
import tandem.engine.memory.CommandSequence;

/**
 * The bare list of commands. It owns them: closing it frees what they hold. The workers of the device stay awake
 * between commands, unless oneDNN's threads need the same cores.
 */
final class CpuRecording implements Recording {

    private final DeviceLock lock;
    private final WorkerPool pool;
    private final boolean libraryThreads;
    private final Command[] commands;
    private final List<Command> list;
    private final Resources owned = new Resources();
    private boolean closed;

    CpuRecording(DeviceLock lock, WorkerPool pool, List<Command> commands) {
        this.lock = lock;
        this.pool = pool;
        this.libraryThreads = commands.stream().anyMatch(CpuRecording::usesLibraryThreads);
        this.list = List.copyOf(commands);
        this.commands = commands.toArray(Command[]::new);
        commands.forEach(owned::add);
    }

    private static boolean usesLibraryThreads(Command command) {
        return command instanceof CommandSequence sequence
                ? sequence.commands().stream().anyMatch(CpuRecording::usesLibraryThreads)
                : command instanceof LibraryCall call && call.usesLibraryThreads();
    }

    /** A call of a library that has threads of its own. */
    interface LibraryCall {
        /** Whether they work on this call. */
        boolean usesLibraryThreads();
    }

    @Override
    public void replay() {
        lock.enter();
        try {
            if (closed) {
                throw new IllegalStateException("this recording of " + commands.length + " commands is closed");
            }
            pool.expect(libraryThreads);
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
