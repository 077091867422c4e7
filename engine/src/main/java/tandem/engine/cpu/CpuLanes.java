package tandem.engine.cpu;

import java.util.ArrayList;
import java.util.List;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.engine.Resources;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;

/**
 * Lists of commands, of which each is run by one thread, several lists at a time. Threads wait for each other once, at
 * the end; a thread that another program delays holds up its own list only.
 */
final class CpuLanes extends BufferCommand implements WorkerPool.Task {

    /** A command that a thread runs without others and without the device's lock, which its caller has. */
    interface Alone extends Command {
        /** Does the work on the calling thread. */
        void runAlone();
    }

    private final WorkerPool pool;
    private final Alone[][] lanes;
    private final Resources owned = new Resources();

    /** @param memories all that the commands use */
    CpuLanes(String name, Allocations owner, WorkerPool pool, List<List<Command>> lanes, List<Memory> memories) {
        super(name, owner, memories);
        this.pool = pool;
        this.lanes = lanes.stream()
                .map(lane -> lane.stream().map(Alone.class::cast).toArray(Alone[]::new))
                .toArray(Alone[][]::new);
        lanes.forEach(lane -> lane.forEach(owned::add));
    }

    /** All commands. */
    List<Command> commands() {
        List<Command> all = new ArrayList<>();
        for (Alone[] lane : lanes) {
            all.addAll(List.of(lane));
        }
        return all;
    }

    @Override
    protected void execute() {
        pool.run(this, lanes.length);
    }

    @Override
    public void run(int first, int end) {
        for (int i = first; i < end; i++) {
            for (Alone command : lanes[i]) {
                command.runAlone();
            }
        }
    }

    @Override
    protected void release() {
        owned.close();
    }
}
