package tandem.kernels.translate.machine;

import java.util.concurrent.atomic.AtomicReference;
import tandem.kernels.Grid;

/**
 * A launch whose blocks wait for each other ({@code cudaLaunchCooperativeKernel}, {@code grid.sync()}): each block runs
 * in a thread of its own. Kernels find its memory through {@code %envreg1} and {@code %envreg2}, as the library of
 * cooperative groups expects it: a size, then the counter of blocks that have arrived.
 */
public final class GridLaunch {

    /** Blocks of such a launch; each has a thread. */
    public static final int MAX_BLOCKS = 256;

    private static final int MEMORY_BYTES = 64;

    private final AtomicReference<Throwable> failure = new AtomicReference<>();

    /** What a block does. */
    public interface Block {
        /** Runs the block of that number in the calling thread. */
        void run(int number);
    }

    /**
     * Runs all blocks and waits for them.
     *
     * @throws IllegalArgumentException when there are more than {@link #MAX_BLOCKS}
     */
    public void run(Grid grid, Block block) {
        if (grid.blocks() > MAX_BLOCKS) {
            throw new IllegalArgumentException("a launch of " + grid.blocks()
                    + " blocks that wait for each other; at most " + MAX_BLOCKS + " are supported");
        }
        long memory = memory();
        Thread[] threads = new Thread[(int) grid.blocks()];
        for (int i = 0; i < threads.length; i++) {
            int number = i;
            threads[i] = new Thread(() -> run(number, memory, block), "block " + i);
            threads[i].setDaemon(true);
            threads[i].start();
        }
        boolean interrupted = false;
        for (Thread thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    interrupted = true;
                    failure.compareAndSet(null, new IllegalStateException("the launch was interrupted"));
                }
            }
        }
        Raw.UNSAFE.freeMemory(memory);
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        Throwable thrown = failure.get();
        if (thrown instanceof RuntimeException e) {
            throw e;
        } else if (thrown instanceof Error e) {
            throw e;
        }
    }

    /** Zeroed memory for one launch, which the caller frees. */
    public static long memory() {
        long memory = Raw.UNSAFE.allocateMemory(MEMORY_BYTES);
        Raw.UNSAFE.setMemory(memory, MEMORY_BYTES, (byte) 0);
        return memory;
    }

    /** Bytes of that memory. */
    public static int memoryBytes() {
        return MEMORY_BYTES;
    }

    private void run(int number, long memory, Block block) {
        BlockContext context = BlockContext.current();
        context.gridLaunch = this;
        context.gridMemory(memory);
        try {
            block.run(number);
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        } finally {
            context.gridLaunch = null;
            context.gridMemory(0);
        }
    }

    /** Called where a thread looks whether others have arrived: lets them run, and ends when one of them has failed. */
    void waits() {
        if (failure.get() != null) {
            throw new IllegalStateException("another block of the launch has failed");
        }
        Thread.yield();
    }
}
