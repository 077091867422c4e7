package tandem.tools.kernel;

import java.time.Duration;
import java.util.function.BooleanSupplier;
import tandem.tools.Interruption;

/**
 * Ends a kernel launch after a time or with Ctrl-C. It is called for every basic block, so it rarely reads the clock.
 */
final class StopSignal implements BooleanSupplier, AutoCloseable {

    private static final Duration TIME_TO_REPORT = Duration.ofSeconds(5);

    private final Interruption interruption;
    private boolean late;
    private int calls;

    /** @param seconds until it ends; 0 for never */
    StopSignal(double seconds) {
        Duration limit = seconds == 0 ? null : Duration.ofNanos((long) (seconds * 1e9));
        interruption = new Interruption(limit, TIME_TO_REPORT);
    }

    @Override
    public boolean getAsBoolean() {
        if ((++calls & 1023) == 0) {
            late |= interruption.getAsBoolean();
        }
        return late || interruption.interrupted();
    }

    /** What the launch did has been printed. */
    @Override
    public void close() {
        interruption.close();
    }
}
