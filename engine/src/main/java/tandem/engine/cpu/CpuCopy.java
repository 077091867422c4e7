package tandem.engine.cpu;

import static tandem.engine.cpu.NativeMemory.UNSAFE;

import java.util.List;
import tandem.engine.Memory;
import tandem.engine.memory.Allocations;
import tandem.engine.memory.BufferCommand;
import tandem.engine.memory.Transfers;

/** Copies memory, or clears it when there is no source; large ones on all cores. */
final class CpuCopy extends BufferCommand implements WorkerPool.Task {

    private static final long PIECE = 1 << 18;

    private final WorkerPool pool;
    private final long source;
    private final long destination;
    private final long bytes;

    CpuCopy(Allocations owner, WorkerPool pool, Memory source, Memory destination) {
        super("copy", owner, List.of(source, destination));
        Transfers.requireCopy(source, destination);
        this.pool = pool;
        this.source = source.address();
        this.destination = destination.address();
        this.bytes = destination.bytes();
    }

    private CpuCopy(Allocations owner, WorkerPool pool, Memory destination) {
        super("clear", owner, List.of(destination));
        this.pool = pool;
        this.source = 0;
        this.destination = destination.address();
        this.bytes = destination.bytes();
    }

    static CpuCopy clear(Allocations owner, WorkerPool pool, Memory memory) {
        return new CpuCopy(owner, pool, memory);
    }

    @Override
    protected void execute() {
        if (bytes > 0) {
            int pieces = Math.toIntExact((bytes + PIECE - 1) / PIECE);
            if (pieces <= 2) {
                run(0, pieces);
            } else {
                pool.run(this, pieces);
            }
        }
    }

    @Override
    public void run(int first, int end) {
        long from = first * PIECE;
        long count = Math.min(bytes, end * PIECE) - from;
        if (source == 0) {
            UNSAFE.setMemory(destination + from, count, (byte) 0);
        } else {
            UNSAFE.copyMemory(source + from, destination + from, count);
        }
    }
}
