package tandem.model;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Runs a blank frame now and then while no frames come, so that the memory of the network stays in the caches and the
 * processor does not slow down. A line has a cadence: the next frame is expected as long after the last one as that
 * came after the one before, and around that time no blank frame begins.
 */
final class KeepWarm implements AutoCloseable {

    /** When a blank frame may begin, by the times of the last two frames. One thread at a time may add frames. */
    static final class Schedule {
        private final long interval;
        private boolean any;
        private long last;
        private long gap = Long.MAX_VALUE;

        /** @param interval nanoseconds without a frame after which a blank one runs */
        Schedule(long interval) {
            this.interval = interval;
        }

        /** A frame began at this time, as {@link System#nanoTime}. */
        synchronized void frame(long now) {
            if (any) {
                gap = Math.max(0, now - last);
            }
            last = now;
            any = true;
        }

        /**
         * Whether a blank frame may begin now.
         *
         * @param before when the last blank frame ended
         * @param duration nanoseconds that it took
         */
        synchronized boolean isDue(long now, long before, long duration) {
            if (!any || now - last < interval || now - before < interval) {
                return false;
            }
            long since = now - last;
            return gap == Long.MAX_VALUE || gap - since > 2 * duration || since - gap > Math.max(gap, interval);
        }
    }

    private final Schedule schedule;
    private final Runnable blank;
    private final long pause;
    private boolean closed;

    /** @param blank runs a blank frame if a context is free */
    KeepWarm(Duration interval, Runnable blank) {
        this.blank = blank;
        schedule = new Schedule(TimeUnit.NANOSECONDS.convert(interval));
        pause = Math.max(1, TimeUnit.MILLISECONDS.convert(interval) / 2);
        Thread thread = new Thread(this::run, "tandem-keep-warm");
        thread.setDaemon(true);
        thread.start();
    }

    /** A frame began. */
    void frame(long now) {
        schedule.frame(now);
    }

    private synchronized boolean waited() {
        try {
            if (!closed) {
                wait(pause);
            }
            return !closed;
        } catch (InterruptedException e) {
            return false;
        }
    }

    private void run() {
        long before = System.nanoTime();
        long duration = 0;
        while (waited()) {
            long now = System.nanoTime();
            if (schedule.isDue(now, before, duration)) {
                try {
                    blank.run();
                } catch (RuntimeException problem) {
                    // The frames themselves report what is wrong with the network or the device.
                    return;
                }
                before = System.nanoTime();
                duration = before - now;
            }
        }
    }

    /** Ends the blank frames; one that has begun ends as usual. */
    @Override
    public synchronized void close() {
        closed = true;
        notifyAll();
    }
}
