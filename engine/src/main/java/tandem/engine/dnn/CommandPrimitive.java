package tandem.engine.dnn;

import java.util.List;
import java.util.function.BiFunction;
import tandem.engine.Command;
import tandem.engine.Dnn;
import tandem.engine.Memory;
import tandem.engine.memory.CommandSequence;

/**
 * A library operation with the number of its arguments, how to bind them, and what can be prepared from variables
 * alone.
 */
public final class CommandPrimitive implements Dnn.Primitive {

    private final String name;
    private final int arguments;
    private final long workspaceBytes;
    private final long preparedWorkspaceBytes;
    private final BiFunction<Memory, Memory[], Command> binder;
    private final Preparation preparation;

    /** Binds a preparation, or what remains to be done after it. */
    @FunctionalInterface
    public interface PreparedBinder {
        /** From workspace, prepared memory and arguments. */
        Command bind(Memory workspace, Memory prepared, Memory[] arguments);
    }

    /**
     * Work in two parts, the first of which depends on variables alone.
     *
     * @param bytes what the first part leaves
     * @param first what runs once
     * @param rest what each run does
     */
    public record Preparation(long bytes, PreparedBinder first, PreparedBinder rest) {

        /** Both parts together, the prepared memory at {@code offset} in the workspace. */
        private Command whole(String name, Memory workspace, long offset, Memory[] arguments) {
            Memory prepared = workspace.slice(offset, bytes);
            return new CommandSequence(
                    name,
                    List.of(first.bind(workspace, prepared, arguments), rest.bind(workspace, prepared, arguments)));
        }
    }

    public CommandPrimitive(
            String name, int arguments, long workspaceBytes, BiFunction<Memory, Memory[], Command> binder) {
        this.name = name;
        this.arguments = arguments;
        this.workspaceBytes = workspaceBytes;
        this.preparedWorkspaceBytes = workspaceBytes;
        this.binder = binder;
        this.preparation = null;
    }

    /** @param workspaceBytes for each of both parts */
    public CommandPrimitive(String name, int arguments, long workspaceBytes, Preparation preparation) {
        long offset = Memory.aligned(workspaceBytes);
        this.name = name;
        this.arguments = arguments;
        this.workspaceBytes = offset + preparation.bytes();
        this.preparedWorkspaceBytes = workspaceBytes;
        this.binder = (workspace, memories) -> preparation.whole(name, workspace, offset, memories);
        this.preparation = preparation;
    }

    @Override
    public long workspaceBytes() {
        return workspaceBytes;
    }

    @Override
    public Command bind(Memory workspace, Memory... memories) {
        check(workspace, workspaceBytes, memories);
        return binder.apply(workspace, memories);
    }

    @Override
    public long preparedBytes() {
        return preparation == null ? 0 : preparation.bytes();
    }

    @Override
    public long preparedWorkspaceBytes() {
        return preparedWorkspaceBytes;
    }

    @Override
    public Command bindPreparation(Memory workspace, Memory prepared, Memory... memories) {
        check(workspace, preparedWorkspaceBytes, memories);
        return preparation.first().bind(workspace, prepared, memories);
    }

    @Override
    public Command bindPrepared(Memory workspace, Memory prepared, Memory... memories) {
        check(workspace, preparedWorkspaceBytes, memories);
        return preparation.rest().bind(workspace, prepared, memories);
    }

    private void check(Memory workspace, long bytes, Memory[] memories) {
        if (memories.length != arguments) {
            throw new IllegalArgumentException(name + " takes " + arguments + " arguments, not " + memories.length);
        }
        if (workspace.bytes() < bytes) {
            throw new IllegalArgumentException(
                    name + " needs " + bytes + " bytes of workspace, not " + workspace.bytes());
        }
    }
}
