package tandem.model;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import tandem.model.InspectorOptions.Overflow;
import tandem.model.inference.Inspection;

/** Frames that wait for an execution context, in the order in which they were submitted. */
final class FrameQueue {

    /**
     * A frame that waits.
     *
     * @param deadline as {@link System#nanoTime}
     * @param submitted when it was submitted, as {@link System#nanoTime}
     */
    record Waiting(Frame frame, Inspection result, long submitted, long deadline, FrameFuture future) {}

    private final int capacity;
    private final Overflow overflow;
    private final ArrayDeque<Waiting> frames = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock(true);
    private final Condition room = lock.newCondition();
    private final Condition filled = lock.newCondition();
    private boolean closed;

    FrameQueue(int capacity, Overflow overflow) {
        this.capacity = capacity;
        this.overflow = overflow;
    }

    /**
     * Adds a frame by the policy.
     *
     * @param extra places that this frame may use beside the capacity instead of waiting; 0 for a thread that may wait
     * @return the frame that is dropped for it, else null
     * @throws FrameNotInspectedException.QueueFull by the policy FAIL, or when the extra places are taken too
     * @throws InspectorClosedException after {@link #close}, also when it happens while this waits
     */
    Waiting add(Waiting frame, int extra) {
        lock.lock();
        try {
            Waiting dropped = null;
            int places = overflow == Overflow.WAIT ? capacity + extra : capacity;
            while (!closed && frames.size() >= places) {
                if (overflow == Overflow.DROP_OLDEST) {
                    dropped = frames.removeFirst();
                } else if (overflow == Overflow.WAIT && extra == 0) {
                    room.awaitUninterruptibly();
                } else {
                    throw new FrameNotInspectedException.QueueFull(frames.size());
                }
            }
            if (closed) {
                throw new InspectorClosedException();
            }
            frames.addLast(frame);
            filled.signal();
            return dropped;
        } finally {
            lock.unlock();
        }
    }

    /** The next frame; waits for it. Null when this is closed and empty. */
    Waiting take() {
        lock.lock();
        try {
            while (frames.isEmpty()) {
                if (closed) {
                    return null;
                }
                filled.awaitUninterruptibly();
            }
            Waiting next = frames.removeFirst();
            if (frames.size() < capacity) {
                room.signal();
            }
            return next;
        } finally {
            lock.unlock();
        }
    }

    /** Frames that wait. */
    int size() {
        lock.lock();
        try {
            return frames.size();
        } finally {
            lock.unlock();
        }
    }

    /** Refuses later frames; those that wait can still be taken. */
    void close() {
        lock.lock();
        try {
            closed = true;
            room.signalAll();
            filled.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
