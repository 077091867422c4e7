package tandem.tools;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/**
 * Stop condition: a time limit, or Ctrl-C. After Ctrl-C the process stays alive until this is closed, so that a
 * checkpoint or a report can be written.
 */
public final class Interruption implements BooleanSupplier, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(120);

    private final long began = System.nanoTime();
    private final Duration limit;
    private final Duration patience;
    private final CountDownLatch pressed = new CountDownLatch(1);
    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::hold, "tandem-interruption");
    private volatile boolean interrupted;

    /** Starts to wait for Ctrl-C, and for {@code limit} unless it is null; the process stays alive for two minutes. */
    public Interruption(Duration limit) {
        this(limit, PATIENCE);
    }

    /** @param patience how long the process stays alive after Ctrl-C if this is not closed before */
    public Interruption(Duration limit, Duration patience) {
        this.limit = limit;
        this.patience = patience;
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void hold() {
        interrupted = true;
        pressed.countDown();
        try {
            done.await(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Whether Ctrl-C was pressed. */
    public boolean interrupted() {
        return interrupted;
    }

    /** Whether to stop now. */
    @Override
    public boolean getAsBoolean() {
        return interrupted || limit != null && System.nanoTime() - began >= limit.toNanos();
    }

    /** Waits for Ctrl-C, whatever the time limit. */
    public void await() {
        try {
            pressed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    /** Lets the process exit. */
    @Override
    public void close() {
        done.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException alreadyEnding) {
            // The hook has run or is running; it was released above.
        }
    }
}
