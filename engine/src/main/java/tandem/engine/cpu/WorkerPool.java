package tandem.engine.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * A fixed set of threads that share the blocks of one task at a time with the calling thread. Handing out a task
 * allocates nothing, and the caller never waits for a sleeping worker: it takes the blocks itself.
 *
 * <p>The word {@code claim} holds the task's number in its upper half and the next free block in its lower half. The
 * thread that advances it owns the blocks in between. The task's fields change only while the word states that no block
 * is free, under a number of its own, so a successful exchange proves that the fields read before it belong to that
 * task.
 */
final class WorkerPool implements AutoCloseable {

    /** Work that consists of independent blocks. */
    interface Task {
        /** Runs blocks {@code first} to {@code end - 1}. */
        void run(int first, int end);
    }

    /** How long a worker waits for the next task before it sleeps, while other threads may need its core. */
    private static final long SHORT_WAIT_NANOSECONDS = 20_000;
    /** The same where no other thread needs it: waking a thread takes up to 100 microseconds on a virtual machine. */
    private static final long LONG_WAIT_NANOSECONDS = 300_000;

    private static final int SPINS_BEFORE_YIELD = 2_000;
    private static final VarHandle CLAIM;
    private static final VarHandle FINISHED;

    static {
        try {
            CLAIM = MethodHandles.lookup().findVarHandle(WorkerPool.class, "claim", long.class);
            FINISHED = MethodHandles.lookup().findVarHandle(WorkerPool.class, "finished", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    private final Worker[] workers;
    private volatile long claim = Integer.MAX_VALUE;
    private volatile int finished;
    private volatile Throwable failure;
    private volatile boolean closed;
    private volatile long waitNanoseconds = SHORT_WAIT_NANOSECONDS;
    private volatile Task task;
    private volatile int total;
    private volatile int chunk;

    /** The core of the thread that handed out the last task. */
    private volatile int callerCore = -1;

    /** A pool in which {@code threads} threads work, the caller among them. */
    WorkerPool(int threads) {
        workers = new Worker[threads - 1];
        for (int i = 0; i < workers.length; i++) {
            workers[i] = new Worker("tandem-cpu-" + (i + 1));
            workers[i].start();
        }
    }

    int threads() {
        return workers.length + 1;
    }

    /**
     * States what comes between the next tasks.
     *
     * @param others whether other threads need the cores then, such as those of a library
     */
    void expect(boolean others) {
        waitNanoseconds = others ? SHORT_WAIT_NANOSECONDS : LONG_WAIT_NANOSECONDS;
    }

    /**
     * Runs all {@code blocks} of {@code work} and returns when they are done; rethrows the first failure of any thread.
     */
    void run(Task work, int blocks) {
        if (workers.length == 0 || blocks == 1) {
            work.run(0, blocks);
            return;
        }
        long number = (claim >>> 32) + 1;
        claim = number << 32 | Integer.MAX_VALUE;
        task = work;
        total = blocks;
        chunk = Math.max(1, blocks / (threads() * 8));
        failure = null;
        finished = 0;
        callerCore = Cores.current();
        claim = number << 32;
        for (Worker worker : workers) {
            if (worker.parked) {
                worker.wake(callerCore);
            }
        }
        takeBlocks();
        for (int spins = 0; finished < blocks; spins++) {
            if (spins < SPINS_BEFORE_YIELD) {
                Thread.onSpinWait();
            } else {
                Thread.yield();
            }
        }
        task = null;
        if (failure != null) {
            throw failed(failure);
        }
    }

    private static RuntimeException failed(Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        throw (RuntimeException) cause;
    }

    private boolean takeBlocks() {
        boolean any = false;
        while (true) {
            long seen = claim;
            Task work = task;
            int blocks = total;
            int first = (int) seen;
            if (work == null || first >= blocks) {
                return any;
            }
            int end = (int) Math.min(blocks, (long) first + chunk);
            if (!CLAIM.compareAndSet(this, seen, (seen & 0xffffffff00000000L) | end)) {
                continue;
            }
            try {
                work.run(first, end);
            } catch (RuntimeException | Error e) {
                failure = e;
            }
            FINISHED.getAndAdd(this, end - first);
            any = true;
        }
    }

    @Override
    public void close() {
        closed = true;
        for (Worker worker : workers) {
            LockSupport.unpark(worker);
        }
        for (Worker worker : workers) {
            try {
                worker.join();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private final class Worker extends Thread {

        private volatile boolean parked;
        private volatile int thread = Cores.UNKNOWN;
        /** The core on which it does not run. */
        private volatile int left = Cores.UNKNOWN;

        private boolean worked;

        Worker(String name) {
            super(name);
            setDaemon(true);
        }

        @Override
        public void run() {
            while (!closed) {
                long seen = claim;
                if (takeBlocks()) {
                    if (!worked) {
                        worked = true;
                        thread = Cores.thread();
                    }
                    leaveCoreOfCaller();
                } else if (!spin(seen)) {
                    sleep();
                }
            }
        }

        /** A worker that waits awake on that core would take half of the caller's time. */
        private void leaveCoreOfCaller() {
            int core = callerCore;
            if (core >= 0 && core == Cores.current() && workers.length < Cores.count()) {
                Cores.leave(Cores.CALLING_THREAD, core);
                left = core;
            }
        }

        /**
         * Called by the caller: on its core the worker would wait until the caller's time is up, before it could leave.
         */
        private void wake(int core) {
            if (core != left && thread != Cores.UNKNOWN && workers.length < Cores.count()) {
                Cores.leave(thread, core);
                left = core;
            }
            LockSupport.unpark(this);
        }

        private boolean spin(long seen) {
            long start = System.nanoTime();
            do {
                for (int i = 0; i < 16; i++) {
                    if (claim != seen) {
                        return true;
                    }
                    Thread.onSpinWait();
                }
            } while (System.nanoTime() - start < waitNanoseconds);
            return false;
        }

        private void sleep() {
            parked = true;
            if (!closed && (task == null || (int) claim >= total)) {
                LockSupport.park(this);
                leaveCoreOfCaller();
            }
            parked = false;
        }
    }
}
