package tandem.engine.cpu;

/**
 * One piece of work in independent blocks, run again and again. It measures itself: while all blocks take the caller
 * less time than waking other threads is worth, they stay with the caller.
 */
final class SharedWork {

    private static final long WORTH_SHARING_NANOSECONDS = 30_000;

    private final WorkerPool pool;
    private final WorkerPool.Task task;
    private final int blocks;
    private long oneThreadNanoseconds = Long.MAX_VALUE;

    SharedWork(WorkerPool pool, WorkerPool.Task task, int blocks) {
        this.pool = pool;
        this.task = task;
        this.blocks = blocks;
    }

    void run() {
        boolean shared = blocks > 1 && oneThreadNanoseconds > WORTH_SHARING_NANOSECONDS;
        long start = System.nanoTime();
        if (shared) {
            pool.run(task, blocks);
        } else {
            task.run(0, blocks);
        }
        oneThreadNanoseconds = (System.nanoTime() - start) * (shared ? pool.threads() : 1);
    }
}
