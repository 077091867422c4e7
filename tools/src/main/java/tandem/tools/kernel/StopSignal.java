package tandem.tools.kernel;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Ends a kernel launch after a time, and when the process is interrupted (Ctrl-C), so that its state is printed. */
final class StopSignal implements BooleanSupplier, AutoCloseable {

    private static final long SECONDS_TO_REPORT = 5;

    private final long end;
    private final CountDownLatch reported = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "interrupted kernel launch");
    private volatile boolean stop;
    private int asked;

    /** @param seconds until it ends; 0 for never */
    StopSignal(double seconds) {
        end = seconds == 0 ? Long.MAX_VALUE : System.nanoTime() + (long) (seconds * 1e9);
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private void interrupted() {
        stop = true;
        try {
            reported.await(SECONDS_TO_REPORT, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean getAsBoolean() {
        if ((++asked & 1023) == 0 && end != Long.MAX_VALUE && System.nanoTime() - end > 0) {
            stop = true;
        }
        return stop;
    }

    /** What the launch did has been printed. */
    @Override
    public void close() {
        reported.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException e) {
            // The process is ending: the hook is running.
        }
    }
}
