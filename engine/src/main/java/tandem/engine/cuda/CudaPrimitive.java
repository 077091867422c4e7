package tandem.engine.cuda;

import java.util.function.BiFunction;
import tandem.engine.Command;
import tandem.engine.Dnn;
import tandem.engine.Memory;

/** A library operation that knows how many arguments it takes and how to bind them. */
final class CudaPrimitive implements Dnn.Primitive {

    private final String name;
    private final int arguments;
    private final long workspaceBytes;
    private final BiFunction<Memory, Memory[], Command> binder;

    CudaPrimitive(String name, int arguments, long workspaceBytes, BiFunction<Memory, Memory[], Command> binder) {
        this.name = name;
        this.arguments = arguments;
        this.workspaceBytes = workspaceBytes;
        this.binder = binder;
    }

    @Override
    public long workspaceBytes() {
        return workspaceBytes;
    }

    @Override
    public Command bind(Memory workspace, Memory... memories) {
        if (memories.length != arguments) {
            throw new IllegalArgumentException(name + " takes " + arguments + " arguments, not " + memories.length);
        }
        if (workspace.bytes() < workspaceBytes) {
            throw new IllegalArgumentException(name + " needs " + workspaceBytes + " bytes of workspace, not " + workspace.bytes());
        }
        return binder.apply(workspace, memories);
    }
}
