package tandem.fuzz;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Runs damaged inputs through one reader in a thread of its own, and watches each: it may succeed or be refused, within
 * limits of processor time and allocated memory. Every other end is a finding, whose input is stored.
 */
final class FuzzRun {

    private static final long LIMIT_NANOSECONDS = TimeUnit.SECONDS.toNanos(2);
    private static final long LIMIT_BYTES = 300L << 20;
    private static final int LIMIT_CHARACTERS = 4_000;
    private static final int MAX_FINDINGS = 12;
    private static final long POLL_MILLISECONDS = 20;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private final FuzzTarget target;
    private final long seed;
    private final int cases;
    private final Path folder;
    private final List<String> findings = new ArrayList<>();
    private final Set<String> known = new HashSet<>();
    private volatile byte[] input;
    private volatile int number = -1;
    private volatile long startTime;
    private volatile long startBytes;
    private volatile boolean ended;
    private int refused;

    FuzzRun(FuzzTarget target, long seed, int cases, Path folder) {
        this.target = target;
        this.seed = seed;
        this.cases = cases;
        this.folder = folder;
    }

    /** What was found, at most one of each kind; empty for nothing. */
    List<String> findings() throws InterruptedException {
        Thread worker = new Thread(this::work, "fuzz-" + target.name());
        worker.setDaemon(true);
        worker.start();
        while (!ended) {
            worker.join(POLL_MILLISECONDS);
            watch(worker);
        }
        return List.copyOf(findings);
    }

    /** Inputs that were refused. */
    int refused() {
        return refused;
    }

    /** Ends the run if the present case is far beyond its limits; its thread is left alone. */
    private void watch(Thread worker) {
        int seen = number;
        byte[] bytes = input;
        long time = THREADS.getThreadCpuTime(worker.getId()) - startTime;
        if (seen >= 0 && time > 3 * LIMIT_NANOSECONDS && seen == number && !ended) {
            StackTraceElement[] where = worker.getStackTrace();
            synchronized (findings) {
                add(seen, bytes, "does not end within " + time / 1_000_000_000 + " s", where);
            }
            ended = true;
        }
    }

    private void work() {
        try {
            for (byte[] valid : target.seeds()) {
                run(-1, valid);
            }
            refused = 0;
            for (int i = 0; i < cases && findings.size() < MAX_FINDINGS && !ended; i++) {
                run(i, new Mutation(seed * 1_000_003 + i).of(target.seeds()));
            }
        } finally {
            ended = true;
        }
    }

    private void run(int i, byte[] bytes) {
        long self = Thread.currentThread().getId();
        input = bytes;
        startTime = THREADS.getThreadCpuTime(self);
        startBytes = THREADS.getThreadAllocatedBytes(self);
        number = i;
        Throwable problem = null;
        try {
            target.reader().read(bytes);
        } catch (Throwable thrown) {
            problem = thrown;
        }
        number = -1;
        long time = THREADS.getThreadCpuTime(self) - startTime;
        long allocated = THREADS.getThreadAllocatedBytes(self) - startBytes;
        synchronized (findings) {
            if (problem != null && !target.refuses(problem)) {
                add(
                        i,
                        bytes,
                        problem.getClass().getName() + ": " + brief(problem.getMessage()),
                        problem.getStackTrace());
            } else if (problem != null
                    && (problem.getMessage() == null || problem.getMessage().isBlank())) {
                add(i, bytes, "refuses without a message", problem.getStackTrace());
            } else if (problem != null && problem.getMessage().length() > LIMIT_CHARACTERS) {
                add(
                        i,
                        bytes,
                        "refuses with a message of " + problem.getMessage().length() + " characters",
                        problem.getStackTrace());
            }
            if (i >= 0 && time > LIMIT_NANOSECONDS) {
                add(i, bytes, "took " + time / 1_000_000 + " ms", new StackTraceElement[0]);
            }
            if (allocated > LIMIT_BYTES) {
                add(i, bytes, "allocated " + (allocated >> 20) + " MiB", new StackTraceElement[0]);
            }
        }
        refused += problem == null ? 0 : 1;
    }

    private static String brief(String message) {
        return message == null ? "no message" : message.substring(0, Math.min(200, message.length()));
    }

    private void add(int i, byte[] bytes, String what, StackTraceElement[] trace) {
        List<String> where = Arrays.stream(trace)
                .filter(frame -> frame.getClassName().startsWith("tandem.")
                        && !frame.getClassName().startsWith("tandem.fuzz."))
                .limit(4)
                .map(frame -> frame.getFileName() + ":" + frame.getLineNumber())
                .toList();
        String kind = what.replaceAll("[0-9]+", "#").replaceAll(":.*", "") + (where.isEmpty() ? "" : where.get(0));
        if (known.add(kind)) {
            Path file = folder.resolve(target.name().replace(' ', '-') + "-" + seed + "-" + i + ".bin");
            try {
                Files.createDirectories(folder);
                Files.write(file, bytes);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            findings.add(
                    target.name() + ", seed " + seed + ", case " + i + " (" + file + "): " + what + " at " + where);
        }
    }
}
