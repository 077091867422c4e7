package tandem.model;

import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import tandem.model.FrameNotInspectedException.Late;

/**
 * Lends execution contexts to threads, in the order in which these came. A context that is free is lent without
 * allocation.
 */
final class ContextPool {

    /** Deadline of a frame without a time limit. */
    static final long NO_DEADLINE = Long.MAX_VALUE;

    private final int size;
    private final Semaphore turns;
    private final ExecutionContext[] idle;
    private int count;
    private boolean closed;

    ContextPool(List<ExecutionContext> contexts) {
        size = contexts.size();
        turns = new Semaphore(size, true);
        idle = contexts.toArray(ExecutionContext[]::new);
        count = size;
    }

    /**
     * Waits for a context; to be given back.
     *
     * @param deadline as {@link System#nanoTime}
     * @throws Late when the deadline passes before
     * @throws InspectorClosedException after {@link #close}
     */
    ExecutionContext take(long deadline) {
        if (deadline == NO_DEADLINE) {
            turns.acquireUninterruptibly();
        } else if (!turnBefore(deadline)) {
            throw Late.beforeStart(System.nanoTime() - deadline);
        }
        return taken();
    }

    /** A context if one is free and no frame waits for it, else null. */
    ExecutionContext takeIfIdle() {
        if (turns.hasQueuedThreads() || !turns.tryAcquire()) {
            return null;
        }
        return taken();
    }

    private boolean turnBefore(long deadline) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    long rest = deadline - System.nanoTime();
                    return rest > 0 && turns.tryAcquire(rest, TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private synchronized ExecutionContext taken() {
        if (closed) {
            turns.release();
            throw new InspectorClosedException();
        }
        return idle[--count];
    }

    /** Takes a context back. */
    void give(ExecutionContext context) {
        synchronized (this) {
            idle[count++] = context;
        }
        turns.release();
    }

    /**
     * Waits for all contexts, while later frames wait; to be given back together.
     *
     * @throws InspectorClosedException after {@link #close}
     */
    List<ExecutionContext> takeAll() {
        turns.acquireUninterruptibly(size);
        synchronized (this) {
            if (closed) {
                turns.release(size);
                throw new InspectorClosedException();
            }
            count = 0;
            return List.of(idle);
        }
    }

    /** Takes these contexts, as many as there are, in place of all that were taken. */
    void giveAll(List<ExecutionContext> contexts) {
        synchronized (this) {
            contexts.toArray(idle);
            count = size;
        }
        turns.release(size);
    }

    /** Waits for the frames whose calls came before, and refuses later ones. Returns the contexts, once. */
    List<ExecutionContext> close() {
        turns.acquireUninterruptibly(size);
        try {
            synchronized (this) {
                List<ExecutionContext> before = closed ? List.of() : List.of(idle);
                closed = true;
                return before;
            }
        } finally {
            turns.release(size);
        }
    }
}
