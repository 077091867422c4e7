package tandem.bench;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** The training step of {@link TrainingStepBenchmark} alone, and while another process keeps one core busy. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
public class BusyMachineBenchmark {

    private final TrainingStepBenchmark training = new TrainingStepBenchmark();

    /** Prepares images and network. */
    @Setup
    public void prepare() throws IOException {
        training.prepare();
    }

    /** One step. */
    @Benchmark
    public void alone() {
        training.step();
    }

    /** One step beside the other process. */
    @Benchmark
    public void beside(BusyProcess busy) {
        training.step();
    }

    /** Frees everything. */
    @TearDown
    public void release() throws IOException {
        training.release();
    }

    /** A process with one thread that never waits. */
    @State(Scope.Benchmark)
    public static class BusyProcess {

        private Process process;

        /** Starts it. */
        @Setup
        public void start() throws IOException {
            process = new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-XX:+UseSerialGC",
                            "-cp",
                            System.getProperty("java.class.path"),
                            BusyLoop.class.getName())
                    .inheritIO()
                    .start();
        }

        /** Ends it, and checks that it ran until now. */
        @TearDown
        public void stop() {
            if (!process.isAlive()) {
                throw new IllegalStateException("the busy process ended early: exit code " + process.exitValue());
            }
            process.destroyForcibly();
        }
    }

    /** The other process. */
    public static final class BusyLoop {

        private BusyLoop() {}

        /** Computes until it is killed, or its parent ended. */
        public static void main(String[] arguments) {
            ProcessHandle parent = ProcessHandle.current().parent().orElseThrow();
            double value = 1;
            while (value > 0 && parent.isAlive()) {
                for (int i = 0; i < 100_000_000; i++) {
                    value = value * 1.0000001 % 3 + 1e-9;
                }
            }
        }
    }
}
