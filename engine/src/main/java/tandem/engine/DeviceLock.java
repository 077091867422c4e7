package tandem.engine;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * Gives a device to one thread at a time; other threads wait and follow in the order in which they came. Every method
 * of a device, and of its buffers, commands, recordings and programs, takes the lock for its own duration. A caller
 * takes it around several calls that must not be mixed with those of another thread:
 *
 * <pre>{@code
 * device.lock().enter();
 * try {
 *     program.upload(input, values);
 *     program.run();
 *     program.download(output, results);
 * } finally {
 *     device.lock().exit();
 * }
 * }</pre>
 *
 * A thread that has the lock may enter again. A lock that is free is taken without allocation.
 */
public final class DeviceLock {

    private final ReentrantLock lock = new ReentrantLock(true);
    private final String device;
    private int depth;
    private boolean closed;

    /** @param device the name in messages, such as {@code cpu device} */
    public DeviceLock(String device) {
        this.device = device;
    }

    /**
     * Waits until no other thread has the lock, and takes it.
     *
     * @throws IllegalStateException when the device is closed; the lock is not taken then
     */
    public void enter() {
        enterToClose();
        if (closed) {
            exit();
            throw new IllegalStateException("this " + device + " is closed");
        }
    }

    /** Takes the lock even if the device is closed, to release what belongs to it. */
    public void enterToClose() {
        if (!lock.isHeldByCurrentThread()) {
            lock.lock();
        }
        depth++;
    }

    /** Leaves what the last {@code enter} of this thread entered. */
    public void exit() {
        if (!lock.isHeldByCurrentThread()) {
            throw new IllegalMonitorStateException("this thread has not entered the lock of the " + device);
        }
        if (--depth == 0) {
            lock.unlock();
        }
    }

    /** Whether this thread has the lock of an open device. */
    public boolean isHeld() {
        return lock.isHeldByCurrentThread() && !closed;
    }

    /** Closes the device for later calls; the caller has the lock. Returns whether it was open. */
    public boolean close() {
        boolean open = !closed;
        closed = true;
        return open;
    }

    /** The result of {@code work}, done with the lock. */
    public <T> T call(Supplier<T> work) {
        enter();
        try {
            return work.get();
        } finally {
            exit();
        }
    }
}
