package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tandem.engine.Command;
import tandem.engine.DataType;
import tandem.engine.Device;
import tandem.engine.Dnn;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.engine.memory.CommandSequence;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * A library operation on tensors of 16 bits, done in float: what it reads is widened into the workspace first, and what
 * it writes is rounded from there. Right on every processor, and slower than the same operation on floats.
 */
final class WidenedPrimitive implements Dnn.Primitive {

    /** An argument of 16 bits. */
    record Argument(int index, long elements, boolean written) {

        static Argument read(int index, long elements) {
            return new Argument(index, elements, false);
        }

        static Argument written(int index, long elements) {
            return new Argument(index, elements, true);
        }

        private long wideBytes() {
            return Memory.aligned(elements * Float.BYTES);
        }
    }

    private final Device device;
    private final String name;
    private final int count;
    private final DataType type;
    private final Dnn.Primitive wide;
    private final List<Argument> halves;
    private final long wideBytes;

    /**
     * {@code wide}, which takes {@code count} arguments, on tensors of {@code type}; arguments that are not listed are
     * passed on as they are.
     */
    WidenedPrimitive(Device device, String name, int count, DataType type, Dnn.Primitive wide, List<Argument> halves) {
        this.device = device;
        this.name = name;
        this.count = count;
        this.type = type;
        this.wide = wide;
        this.halves = halves;
        this.wideBytes = halves.stream().mapToLong(Argument::wideBytes).sum();
    }

    @Override
    public long workspaceBytes() {
        return wideBytes + wide.workspaceBytes();
    }

    @Override
    public long preparedBytes() {
        return wide.preparedBytes();
    }

    @Override
    public long preparedWorkspaceBytes() {
        return wideBytes + wide.preparedWorkspaceBytes();
    }

    @Override
    public Command bind(Memory workspace, Memory... arguments) {
        Memory[] floats = floats(workspace, workspaceBytes(), arguments);
        return sequence(arguments, floats, () -> wide.bind(rest(workspace), floats), true);
    }

    @Override
    public Command bindPreparation(Memory workspace, Memory prepared, Memory... arguments) {
        Memory[] floats = floats(workspace, preparedWorkspaceBytes(), arguments);
        return sequence(arguments, floats, () -> wide.bindPreparation(rest(workspace), prepared, floats), false);
    }

    @Override
    public Command bindPrepared(Memory workspace, Memory prepared, Memory... arguments) {
        Memory[] floats = floats(workspace, preparedWorkspaceBytes(), arguments);
        return sequence(arguments, floats, () -> wide.bindPrepared(rest(workspace), prepared, floats), true);
    }

    private Memory rest(Memory workspace) {
        return workspace.slice(wideBytes, workspace.bytes() - wideBytes);
    }

    /** The arguments, those of 16 bits replaced by places in the workspace. */
    private Memory[] floats(Memory workspace, long bytes, Memory[] arguments) {
        if (halves.stream().anyMatch(half -> half.index() >= arguments.length)) {
            // Throws with the number of arguments that the operation takes.
            wide.bind(workspace, arguments).close();
        }
        if (arguments.length != count) {
            throw new IllegalArgumentException(name + " takes " + count + " arguments, not " + arguments.length);
        }
        if (workspace.bytes() < bytes) {
            throw new IllegalArgumentException(
                    name + " needs a workspace of " + bytes + " bytes, got " + workspace.bytes());
        }
        Memory[] floats = arguments.clone();
        long offset = 0;
        for (Argument half : halves) {
            Memory given = arguments[half.index()];
            if (given.bytes() > 0) {
                if (given.bytes() < half.elements() * type.bytes()) {
                    throw new IllegalArgumentException(
                            "argument " + (half.index() + 1) + " of " + name + " has " + given.bytes() + " bytes, but "
                                    + half.elements() + " elements of " + type + " are needed");
                }
                floats[half.index()] = workspace.slice(offset, half.elements() * Float.BYTES);
            }
            offset += half.wideBytes();
        }
        return floats;
    }

    private Command sequence(Memory[] arguments, Memory[] floats, Supplier<Command> work, boolean writes) {
        List<Command> commands = new ArrayList<>();
        Resources made = new Resources();
        try {
            fill(commands, made, arguments, floats, work, writes);
        } catch (RuntimeException | Error problem) {
            made.closeAfter(problem);
            throw problem;
        }
        return new CommandSequence(name, commands);
    }

    private void fill(
            List<Command> commands,
            Resources made,
            Memory[] arguments,
            Memory[] floats,
            Supplier<Command> work,
            boolean writes) {
        for (Argument half : halves) {
            if (!half.written() && arguments[half.index()].bytes() > 0) {
                commands.add(made.add(cast("cast_from", half, arguments[half.index()], floats[half.index()])));
            }
        }
        commands.add(made.add(work.get()));
        for (Argument half : halves) {
            if (writes && half.written() && arguments[half.index()].bytes() > 0) {
                commands.add(made.add(cast("cast_to", half, floats[half.index()], arguments[half.index()])));
            }
        }
    }

    private Command cast(String kernel, Argument half, Memory from, Memory to) {
        KernelEntry entry = Catalogue.find(type.kernel(kernel));
        int n = Math.toIntExact(half.elements());
        return device.launch(entry, entry.elements((n + 3L) / 4), from, to, n);
    }
}
