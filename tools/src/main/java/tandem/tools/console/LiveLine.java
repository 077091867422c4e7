package tandem.tools.console;

import java.io.PrintWriter;
import java.util.function.LongSupplier;

/** One line about work that goes on. Used by one thread. */
public interface LiveLine extends AutoCloseable {

    /** Columns of the terminal that standard error is, set by the launcher; absent when it is none. */
    String COLUMNS_PROPERTY = "tandem.columns";

    /**
     * Says where the work is.
     *
     * @param done parts done, of {@code total}
     * @param text the line; shortened where it does not fit
     */
    void update(long done, long total, String text);

    /** Prints a line of its own, which stays. */
    void message(String text);

    /** Ends it; the last state stays visible. */
    @Override
    void close();

    /** Rewritten in place where standard error is a terminal, else a line every ten seconds. */
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
     * A line now and then.
     *
     * @param seconds least time between two lines
     * @param clock nanoseconds from any start
     */
    static LiveLine plain(PrintWriter err, int seconds, LongSupplier clock) {
        return new PlainLine(err, seconds, clock);
    }
}
