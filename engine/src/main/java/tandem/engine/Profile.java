package tandem.engine;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Time per operation of one {@link Program}. While it is enabled the program runs operation by operation, on the CPU
 * waiting for each, on a GPU with an event after each; while it is not, it has no cost.
 */
public final class Profile implements AutoCloseable {

    /**
     * The runs of all operations of one name.
     *
     * @param name {@link Operation#name}
     * @param calls how often such an operation ran
     * @param nanoseconds time in all
     */
    public record Line(String name, long calls, long nanoseconds) {}

    private static final String FIRST = "round_variables";

    private final Device device;
    private final List<String> names;
    private final Command[][] commands;
    private final long[] nanoseconds;
    private Stopwatch watch;
    private long runs;
    private boolean enabled;

    /** Of operations and the commands of each, and of those that come before all operations, if there are any. */
    Profile(Device device, List<Operation> operations, List<Command> first, List<List<Command>> commands) {
        this.device = device;
        this.names = new ArrayList<>();
        List<List<Command>> all = new ArrayList<>(commands);
        if (!first.isEmpty()) {
            names.add(FIRST);
            all.add(0, first);
        }
        operations.forEach(operation -> names.add(operation.name()));
        this.commands = all.stream().map(list -> list.toArray(Command[]::new)).toArray(Command[][]::new);
        this.nanoseconds = new long[all.size()];
    }

    /** Switches it; the first time it sets up what it measures with. */
    public void enable(boolean on) {
        if (on && watch == null) {
            watch = device.stopwatch(commands.length);
        }
        enabled = on;
    }

    /** Whether the next run is measured. */
    boolean enabled() {
        return enabled;
    }

    /** Forgets what was measured. */
    public void reset() {
        java.util.Arrays.fill(nanoseconds, 0);
        runs = 0;
    }

    void run() {
        watch.start();
        for (int i = 0; i < commands.length; i++) {
            for (Command command : commands[i]) {
                command.run();
            }
            watch.lap(i);
        }
        watch.addTo(nanoseconds);
        runs++;
    }

    @Override
    public void close() {
        enabled = false;
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    /** Runs measured so far. */
    public long runs() {
        return runs;
    }

    /** One line for each name of an operation, the slowest first. */
    public List<Line> byName() {
        Map<String, Line> lines = new LinkedHashMap<>();
        for (int i = 0; i < nanoseconds.length; i++) {
            Line one = new Line(names.get(i), runs, nanoseconds[i]);
            lines.merge(
                    one.name(),
                    one,
                    (a, b) -> new Line(a.name(), a.calls() + b.calls(), a.nanoseconds() + b.nanoseconds()));
        }
        return sorted(lines.values().stream().toList());
    }

    private static List<Line> sorted(List<Line> lines) {
        return lines.stream()
                .sorted(Comparator.comparingLong(line -> -line.nanoseconds()))
                .toList();
    }

    /** {@link #byName} as a table: milliseconds and share of a run. */
    @Override
    public String toString() {
        long all = Math.max(1, byName().stream().mapToLong(Line::nanoseconds).sum());
        StringBuilder text = new StringBuilder(
                String.format(Locale.ROOT, "%-36s %8s %12s %8s%n", "operation", "calls", "ms per run", "share"));
        for (Line line : byName()) {
            text.append(String.format(
                    Locale.ROOT,
                    "%-36s %8d %12.3f %7.1f%%%n",
                    line.name(),
                    line.calls(),
                    line.nanoseconds() / 1e6 / Math.max(1, runs),
                    100.0 * line.nanoseconds() / all));
        }
        return text.toString();
    }
}
