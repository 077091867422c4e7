package tandem;

import java.lang.management.ManagementFactory;

/** Java heap that repeated runs take in the calling thread. */
public final class HeapAllocation {

    private static final int ROUNDS = 5;

    private HeapAllocation() {}

    /**
     * Bytes that {@code runs} runs take once their code is warm: the minimum of several rounds, because code that the
     * JVM has not compiled yet, as on a busy machine, may take some that compiled code does not.
     */
    public static long bytes(int runs, Runnable action) {
        com.sun.management.ThreadMXBean threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
        long self = Thread.currentThread().getId();
        long min = Long.MAX_VALUE;
        for (int round = 0; round <= ROUNDS; round++) {
            long before = threads.getThreadAllocatedBytes(self);
            for (int run = 0; run < runs; run++) {
                action.run();
            }
            long bytes = threads.getThreadAllocatedBytes(self) - before;
            min = round == 0 ? min : Math.min(min, bytes);
        }
        return min;
    }
}
