package tandem.bench;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Compares two builds in two processes that take turns every second, so that a change of the machine's speed meets
 * both. JMH runs a build for half a minute at a time, and on a shared machine that scatters by 10 %. Called by
 * {@code bench/compare --in-turn}: {@code InTurn ROUNDS inference|step BEFORE_CLASS_PATH AFTER_CLASS_PATH THIS_FILE}.
 * The children run this file from its source, so a build from before it existed can be compared.
 */
public final class InTurn {

    /** About a second of calls. */
    private static final int FRAMES = 12;

    private static final int STEPS = 2;

    /** What is measured; throws what its benchmark throws. */
    private interface Work {
        void run() throws Exception;
    }

    /** A build in a process of its own. */
    private record Build(Process process, BufferedReader out, BufferedWriter in) implements AutoCloseable {

        static Build start(String classPath, String source, String name) throws IOException {
            String java =
                    Path.of(System.getProperty("java.home"), "bin", "java").toString();
            Process process = new ProcessBuilder(List.of(java, "-cp", classPath, source, name))
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            Build build = new Build(process, process.inputReader(), process.outputWriter());
            String line = build.out.readLine();
            if (!"ready".equals(line)) {
                throw new IOException("a build did not start; it printed " + line + ", expected ready");
            }
            return build;
        }

        /** Median of about a second of calls, in milliseconds. */
        double measure() throws IOException {
            in.write("\n");
            in.flush();
            return Double.parseDouble(out.readLine());
        }

        @Override
        public void close() {
            process.destroy();
        }
    }

    private InTurn() {}

    /** Compares, or measures one build where the only argument is the name of a benchmark. */
    public static void main(String[] arguments) throws Exception {
        if (arguments.length == 1) {
            work(arguments[0]);
            return;
        }
        int rounds = Integer.parseInt(arguments[0]);
        try (Build before = Build.start(arguments[2], arguments[4], arguments[1]);
                Build after = Build.start(arguments[3], arguments[4], arguments[1])) {
            double[] first = new double[rounds];
            double[] second = new double[rounds];
            double[] ratios = new double[rounds];
            for (int i = 0; i < rounds; i++) {
                boolean swapped = i % 2 == 1;
                second[i] = swapped ? after.measure() : 0;
                first[i] = before.measure();
                second[i] = swapped ? second[i] : after.measure();
                ratios[i] = second[i] / first[i];
            }
            for (double[] values : List.of(first, second, ratios)) {
                Arrays.sort(values);
            }
            System.out.printf(
                    Locale.ROOT,
                    "%s, %d rounds: %.4g ms before, %.4g ms after (medians); ratio %.3f, quartiles %.3f and %.3f%n",
                    arguments[1],
                    rounds,
                    first[rounds / 2],
                    second[rounds / 2],
                    ratios[rounds / 2],
                    ratios[rounds / 4],
                    ratios[3 * rounds / 4]);
        }
    }

    private static void work(String name) throws Exception {
        Work work;
        int calls;
        if (name.equals("inference")) {
            InferenceBenchmark benchmark = new InferenceBenchmark();
            benchmark.prepare();
            work = benchmark::frame;
            calls = FRAMES;
        } else {
            TrainingStepBenchmark benchmark = new TrainingStepBenchmark();
            benchmark.prepare();
            work = benchmark::step;
            calls = STEPS;
        }
        measure(work, calls);
        measure(work, calls);
        System.out.println("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in));
        while (in.readLine() != null) {
            System.out.println(measure(work, calls));
        }
        System.exit(0);
    }

    private static double measure(Work work, int calls) throws Exception {
        double[] milliseconds = new double[calls];
        for (int i = 0; i < calls; i++) {
            long start = System.nanoTime();
            work.run();
            milliseconds[i] = (System.nanoTime() - start) / 1e6;
        }
        Arrays.sort(milliseconds);
        return milliseconds[calls / 2];
    }
}
