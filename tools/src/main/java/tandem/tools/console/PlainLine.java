package tandem.tools.console;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** Progress for logs and pipes: prints the first state, one every few seconds, and the last. */
final class PlainLine implements LiveLine {

    private final PrintWriter err;
    private final long interval;
    private final LongSupplier clock;
    private long next;
    private boolean first = true;
    private String pending;

    PlainLine(PrintWriter err, int seconds, LongSupplier clock) {
        this.err = err;
        this.interval = seconds * 1_000_000_000L;
        this.clock = clock;
    }

    @Override
    public void update(long done, long total, String text) {
        long now = clock.getAsLong();
        pending = text;
        if (first || now - next >= 0) {
            first = false;
            next = now + interval;
            flush();
        }
    }

    @Override
    public void message(String text) {
        err.println(text);
        err.flush();
    }

    @Override
    public void close() {
        flush();
    }

    private void flush() {
        if (pending != null) {
            err.println(pending);
            err.flush();
            pending = null;
        }
    }
}
