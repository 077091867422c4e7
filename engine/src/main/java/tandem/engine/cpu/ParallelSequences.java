package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.engine.Resources;

/**
 * Primitives of oneDNN for one thread each, which run at the same time on the threads of the device. Each has a part of
 * the workspace.
 *
 * @param name of what they compute together
 * @param list one for each part
 * @param prepared whether their preparations are separate commands, which need less workspace
 */
record ParallelSequences(CpuDevice device, String name, List<OneDnnSequence> list, boolean prepared) {

    ParallelSequences(CpuDevice device, String name, List<OneDnnSequence> list) {
        this(device, name, list, false);
    }

    /** The same with preparations that are separate commands. */
    ParallelSequences withPreparation() {
        return new ParallelSequences(device, name, list, true);
    }

    /** Makes the command of a part. */
    interface Binder {
        Command bind(int index, Memory workspace);
    }

    long workspaceBytes() {
        return list.stream()
                .mapToLong(sequence -> Memory.aligned(workspaceBytes(sequence)))
                .sum();
    }

    private long workspaceBytes(OneDnnSequence sequence) {
        return prepared ? sequence.preparedWorkspaceBytes() : sequence.workspaceBytes();
    }

    /** The commands of the first parts; when one cannot be made, the earlier ones are closed. */
    List<Command> commands(int count, Memory workspace, Binder binder) {
        Resources made = new Resources();
        List<Command> commands = new ArrayList<>();
        try {
            long at = 0;
            for (int i = 0; i < count; i++) {
                long bytes = workspaceBytes(list.get(i));
                commands.add(made.add(binder.bind(i, workspace.slice(at, bytes))));
                at += Memory.aligned(bytes);
            }
            return commands;
        } catch (RuntimeException | Error problem) {
            made.closeAfter(problem);
            throw problem;
        }
    }

    /**
     * One command in which each part is a lane.
     *
     * @param used all memory that they use
     */
    Command lanes(Memory workspace, List<Memory> used, Binder binder) {
        List<List<Command>> lanes =
                commands(list.size(), workspace, binder).stream().map(List::of).toList();
        return device.lanes(name, lanes, used);
    }
}
