package tandem.engine.cpu;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;

/**
 * Whether the threads of a pool have a core each. Where other programs take some, the time of a shared computation
 * depends on these, and says little about the computation.
 */
final class CoreProbe implements WorkerPool.Task {

    private static final ThreadMXBean PROCESSOR_TIME = ManagementFactory.getThreadMXBean();
    private static final long WORK_NANOSECONDS = 500_000;
    private static final double MAX_RATIO = 1.4;
    private static final int RUNS = 5;

    private final WorkerPool pool;

    CoreProbe(WorkerPool pool) {
        this.pool = pool;
    }

    /** Whether all threads together do their work in little more than its time, in most of a few runs. */
    boolean free() {
        if (!PROCESSOR_TIME.isCurrentThreadCpuTimeSupported()) {
            return true;
        }
        long[] times = new long[RUNS];
        for (int i = 0; i < RUNS; i++) {
            long start = System.nanoTime();
            pool.run(this, pool.threads());
            times[i] = System.nanoTime() - start;
        }
        Arrays.sort(times);
        return times[RUNS / 2] < MAX_RATIO * WORK_NANOSECONDS;
    }

    @Override
    public void run(int first, int end) {
        long until = PROCESSOR_TIME.getCurrentThreadCpuTime() + (end - first) * WORK_NANOSECONDS;
        while (PROCESSOR_TIME.getCurrentThreadCpuTime() < until) {
            Thread.onSpinWait();
        }
    }
}
