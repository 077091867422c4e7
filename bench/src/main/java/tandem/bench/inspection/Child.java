package tandem.bench.inspection;

import com.sun.management.ThreadMXBean;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * One side in a process of its own: {@code Child SIDE WORKLOAD PRECISION FOLDER THREADS MEASURED KEEP_WARM} inspects
 * one frame, prints {@code first}, and then answers each line of its input with one line; see {@link Peer}.
 */
final class Child {

    private final FrameRunner.Side side;
    private final Workload workload;
    private final Precision precision;
    private final Path folder;
    private final int threads;
    private final boolean measured;
    private final ByteBuffer frame;
    private final Arithmetic arithmetic = new Arithmetic();
    private FrameRunner runner;

    private Child(String[] arguments) {
        side = FrameRunner.Side.valueOf(arguments[0]);
        workload = Workload.valueOf(arguments[1]);
        precision = Precision.valueOf(arguments[2]);
        folder = Path.of(arguments[3]);
        threads = Integer.parseInt(arguments[4]);
        measured = Boolean.parseBoolean(arguments[5]);
        frame = workload.frame();
    }

    public static void main(String[] arguments) throws IOException {
        Child child = new Child(arguments);
        child.open(Integer.parseInt(arguments[6]));
        child.runner.frame();
        System.out.println("first");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] words = line.split(" ");
            System.out.println(child.answer(
                    words[0],
                    Arrays.stream(words).skip(1).mapToInt(Integer::parseInt).toArray()));
        }
        child.runner.close();
        // Pools of other libraries may have threads that are no daemons.
        System.exit(0);
    }

    private void open(int keepWarm) throws IOException {
        runner = side.open(workload, precision, frame, folder, threads, measured, keepWarm);
    }

    private String answer(String command, int[] numbers) throws IOException {
        return switch (command) {
            case "frames" -> text(median(times(runner::frame, numbers[0], 0)));
            case "cadence" -> text(times(runner::frame, numbers[0], numbers[1]));
            case "arithmetic" -> text(times(arithmetic::run, numbers[0], numbers[1]));
            case "heap" -> heap(numbers[0]);
            case "memory" -> memory();
            case "cycles" -> cycles(numbers[0]);
            case "found" -> found();
            case "image" -> image(numbers[0]);
            default -> throw new IllegalArgumentException(command);
        };
    }

    /** Nanoseconds of work that begins at equal intervals, or back to back. */
    private static long[] times(Runnable work, int count, int intervalMilliseconds) {
        long[] nanoseconds = new long[count];
        long interval = intervalMilliseconds * 1_000_000L;
        long due = System.nanoTime();
        for (int i = 0; i < count; i++) {
            due += interval;
            for (long rest = due - System.nanoTime(); interval > 0 && rest > 0; rest = due - System.nanoTime()) {
                LockSupport.parkNanos(rest);
            }
            long start = System.nanoTime();
            work.run();
            nanoseconds[i] = System.nanoTime() - start;
        }
        return nanoseconds;
    }

    /** Milliseconds. */
    private static String text(long... nanoseconds) {
        return Arrays.stream(nanoseconds)
                .mapToObj(time -> String.format(Locale.ROOT, "%.6f", time / 1e6))
                .collect(Collectors.joining(" "));
    }

    private static long median(long[] values) {
        Arrays.sort(values);
        return values[values.length / 2];
    }

    /** Bytes of heap of all threads for each frame. */
    private String heap(int frames) {
        ThreadMXBean threadsOfVm = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        LongSupplier allocated = () -> {
            long sum = 0;
            for (long bytes : threadsOfVm.getThreadAllocatedBytes(threadsOfVm.getAllThreadIds())) {
                sum += Math.max(0, bytes);
            }
            return sum;
        };
        long empty = -allocated.getAsLong();
        empty += allocated.getAsLong();
        long before = allocated.getAsLong();
        for (int i = 0; i < frames; i++) {
            runner.frame();
        }
        long bytes = allocated.getAsLong() - before - empty;
        return String.format(Locale.ROOT, "%.3f", Math.max(0, bytes) / (double) frames);
    }

    /** Resident memory now and its maximum so far, in MiB; of Linux. */
    private static String memory() throws IOException {
        StringJoiner values = new StringJoiner(" ");
        for (String key : new String[] {"VmRSS:", "VmHWM:"}) {
            long kib = Files.readAllLines(Path.of("/proc/self/status")).stream()
                    .filter(line -> line.startsWith(key))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                    .findFirst()
                    .orElseThrow();
            values.add(String.format(Locale.ROOT, "%.2f", kib / 1024.0));
        }
        return values.toString();
    }

    /** Closes and opens, one frame each time. */
    private String cycles(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            runner.close();
            open(0);
            runner.frame();
        }
        return "done";
    }

    /** What is found in a held-out image, which is the frame from then on. */
    private String image(int number) throws IOException {
        Images.of(folder, workload.size()).read(number, frame);
        runner.frame();
        return found();
    }

    /** Detections, and the mask as digits. */
    private String found() {
        StringBuilder text = new StringBuilder();
        for (FrameRunner.Found one : runner.found()) {
            text.append(one.label()).append(' ').append(one.score());
            for (float corner : one.corners()) {
                text.append(' ').append(corner);
            }
            text.append(';');
        }
        text.append('|');
        for (byte pixel : runner.mask()) {
            text.append((char) ('0' + pixel));
        }
        return text.toString();
    }
}
