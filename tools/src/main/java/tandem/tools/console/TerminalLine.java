package tandem.tools.console;

import java.io.PrintWriter;
import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarConsumer;
import me.tongfei.progressbar.ProgressState;

/** Progress for terminals: the text, then a bar if it fits, updated a few times a second. */
final class TerminalLine implements LiveLine {

    private static final int MIN_BAR = 12;

    private final PrintWriter err;
    private final int columns;
    private ProgressBar bar;

    TerminalLine(PrintWriter err, int columns) {
        this.err = err;
        this.columns = Math.max(20, columns);
    }

    @Override
    public void update(long done, long total, String text) {
        if (bar == null) {
            bar = new ProgressBarBuilder()
                    .setInitialMax(total)
                    .setUpdateIntervalMillis(250)
                    .setRenderer(TerminalLine::render)
                    .setConsumer(new Consumer())
                    .build();
        }
        bar.maxHint(total);
        bar.setExtraMessage(text);
        bar.stepTo(done);
    }

    @Override
    public void message(String text) {
        synchronized (err) {
            err.print('\r');
            err.print(" ".repeat(columns - 1));
            err.print('\r');
            err.println(text);
            err.flush();
        }
    }

    @Override
    public void close() {
        if (bar != null) {
            bar.close();
            bar = null;
            err.println();
            err.flush();
        }
    }

    private static String render(ProgressState state, int length) {
        return line(state.getExtraMessage(), state.getCurrent(), state.getMax(), length);
    }

    /** The text, truncated to {@code length}, then a bar in the remaining columns if there are enough. */
    static String line(String text, long done, long total, int length) {
        if (text.length() >= length) {
            return text.substring(0, length);
        }
        int room = length - text.length() - 3;
        if (room < MIN_BAR || total <= 0) {
            return text + " ".repeat(length - text.length());
        }
        int filled = (int) Math.min(room, room * done / total);
        return text + " [" + "#".repeat(filled) + ".".repeat(room - filled) + "]";
    }

    private final class Consumer implements ProgressBarConsumer {
        @Override
        public int getMaxRenderedLength() {
            return columns - 1;
        }

        @Override
        public void accept(String line) {
            synchronized (err) {
                err.print('\r');
                err.print(line);
                err.flush();
            }
        }

        @Override
        public void close() {}
    }
}
