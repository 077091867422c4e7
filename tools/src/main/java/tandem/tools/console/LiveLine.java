package tandem.tools.console;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** A progress line. Used by one thread. */
public interface LiveLine extends AutoCloseable {

    /** Width of the terminal in columns, set by the launcher; absent when standard error is not a terminal. */
    String COLUMNS_PROPERTY = "tandem.columns";

    /**
     * Sets the progress.
     *
     * @param done completed parts of {@code total}
     * @param text the line; truncated to the width of the terminal
     */
    void update(long done, long total, String text);

    /** Prints a permanent line. */
    void message(String text);

    /** Ends the progress line; its last state stays visible. */
    @Override
    void close();

    /** On a terminal a line that is rewritten in place, else a new line every ten seconds. */
    static LiveLine on(PrintWriter err) {
        String columns = System.getProperty(COLUMNS_PROPERTY, "");
        return columns.matches("\\d{1,4}")
                ? terminal(err, Integer.parseInt(columns))
                : plain(err, 10, System::nanoTime);
    }

    /** Rewritten in place, at most {@code columns} wide. */
    static LiveLine terminal(PrintWriter err, int columns) {
        return new TerminalLine(err, columns);
    }

    /**
     * A new line at intervals.
     *
     * @param seconds minimum time between two lines
     * @param clock time in nanoseconds from any origin
     */
    static LiveLine plain(PrintWriter err, int seconds, LongSupplier clock) {
        return new PlainLine(err, seconds, clock);
    }
}
