package tandem.tools.kernel;

import java.io.PrintWriter;
import java.util.Locale;
import tandem.kernels.translate.LaunchObserver;
import tandem.tools.InputException;

/** Prints the memory accesses of one thread in the order in which it makes them. */
final class LaunchTrace implements LaunchObserver {

    private static final int MAX_LINES = 2000;

    private final int block;
    private final int thread;
    private final FindingsReport report;
    private final PrintWriter out;
    private boolean running;
    private int printed;

    /** @param text {@code BLOCK,THREAD}, both counted with x fastest */
    LaunchTrace(String text, FindingsReport report, PrintWriter out) {
        if (!text.matches("\\d{1,9},\\d{1,4}")) {
            throw new InputException("--trace " + text + ": expected BLOCK,THREAD such as 0,5");
        }
        String[] parts = text.split(",");
        this.block = Integer.parseInt(parts[0]);
        this.thread = Integer.parseInt(parts[1]);
        this.report = report;
        this.out = out;
    }

    @Override
    public void blockStarted(int number, int threads) {
        running = number == block;
    }

    @Override
    public void accesses(
            Kind kind, Space space, String place, long address, int index, int bytes, long bits, int line, int by) {
        if (!running || by != thread || printed > MAX_LINES) {
            return;
        }
        String where = report.place(line) == null ? "PTX line " + line : report.place(line);
        String value = kind != Kind.WRITE || bytes > 8
                ? ""
                : String.format(
                        Locale.ROOT,
                        bytes == 4 ? ": 0x%08x (as float %s)" : ": 0x%x",
                        bytes == 8 ? bits : bits & (1L << 8 * bytes) - 1,
                        Float.intBitsToFloat((int) bits));
        out.println(
                printed++ == MAX_LINES
                        ? "  ..."
                        : "  " + where + ": " + verb(kind) + " " + bytes + " bytes at byte " + index + " of "
                                + space.name().toLowerCase(Locale.ROOT) + " " + place + value);
    }

    private static String verb(Kind kind) {
        return switch (kind) {
            case READ -> "reads";
            case WRITE -> "writes";
            case ATOMIC -> "atomically changes";
        };
    }

    @Override
    public void synchronizes(int warp) {
        if (running && printed <= MAX_LINES && (warp < 0 || warp == thread >> 5)) {
            printed++;
            out.println(warp < 0 ? "  -- barrier" : "  -- warp operation");
        }
    }

    @Override
    public void blockFinished() {
        running = false;
    }
}
