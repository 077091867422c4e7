package tandem.bench;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.operation.Divisor;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * The mean-square loss between the finest feature maps of student and teacher, and its gradient: computed by the fused
 * kernel, and by separate operations (negated teacher, difference, sum of squares, difference times a factor). Both use
 * the same maps; the gradients have the same bits. All threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 7, time = 1)
@Fork(1)
public class ImitationBenchmark {

    private static final int IMAGES = 8;
    private static final int CELLS = 40 * 40;
    private static final int PER_BLOCK = 256 * 16;
    private static final int SQUARES_PER_BLOCK = 16_384;

    /** Channels of the maps: 64 in the small network, 256 in the published one. */
    @Param({"64", "256"})
    public int channels;

    private CpuDevice device;
    private List<Command> fused;
    private List<Command> unfused;

    /** Prepares the commands and compares their results with each other and with Java. */
    @Setup
    public void prepare() {
        device = new CpuDevice();
        int n = IMAGES * CELLS * channels;
        float[] student = Operands.random(n, 1);
        float[] teacher = Operands.random(n, 2);
        float weight = 5f / n;
        float[] weights = new float[IMAGES * CELLS];
        java.util.Arrays.fill(weights, weight);
        Memory s = Operands.upload(device, student).memory();
        Memory t = Operands.upload(device, teacher).memory();
        Memory cells = Operands.upload(device, weights).memory();
        Memory gradient = floats(n);
        Memory loss = floats(1);
        int vectors = CELLS * channels / 4;
        int blocks = (vectors + PER_BLOCK - 1) / PER_BLOCK;
        Divisor lanes = Divisor.of(channels / 4);
        Memory partials = floats(IMAGES * blocks);
        fused = List.of(
                blocks(
                        "imitation_features4",
                        IMAGES * blocks,
                        s,
                        t,
                        cells,
                        gradient,
                        partials,
                        vectors,
                        lanes,
                        CELLS,
                        0,
                        blocks),
                blocks("imitation_finish", 1, partials, loss, IMAGES * blocks));
        Memory negated = floats(n);
        Memory difference = floats(n);
        Memory other = floats(n);
        int squares = (n + SQUARES_PER_BLOCK - 1) / SQUARES_PER_BLOCK;
        Memory sums = floats(squares);
        Memory status = floats(4);
        unfused = List.of(
                elementwise("elementwise_scale", n, t, negated, -1f, n),
                elementwise("elementwise_add", n, s, negated, difference, n),
                blocks("gradient_norm_partials", squares, difference, sums, n),
                blocks("gradient_norm_finish", 1, sums, squares, Float.POSITIVE_INFINITY, status),
                elementwise("elementwise_scale", n, difference, other, 2 * weight, n));
        fused.forEach(Command::run);
        unfused.forEach(Command::run);
        double expected = 0;
        for (int i = 0; i < n; i++) {
            expected += weight * Math.pow((double) student[i] - teacher[i], 2);
        }
        double norm = Operands.download(device, status)[0];
        require("fused loss", Operands.download(device, loss)[0], expected);
        require("unfused loss", weight * norm * norm, expected);
        Operands.requireClose("gradient", Operands.download(device, gradient), Operands.download(device, other), 0);
    }

    private static void require(String what, double actual, double expected) {
        if (!(Math.abs(actual - expected) <= 1e-5 * expected)) {
            throw new IllegalStateException(what + " is " + actual + ", expected " + expected);
        }
    }

    private Memory floats(int count) {
        return device.allocate((long) Float.BYTES * count, "benchmark").memory();
    }

    private Command blocks(String entry, int blocks, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        return device.launch(kernel, kernel.blocks(blocks), arguments);
    }

    private Command elementwise(String entry, int n, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        return device.launch(kernel, kernel.elements((n + 3) / 4), arguments);
    }

    /** The fused kernel and the sum of its partial sums. */
    @Benchmark
    public void fused() {
        run(fused);
    }

    /** Four operations and a sum. */
    @Benchmark
    public void unfused() {
        run(unfused);
    }

    private static void run(List<Command> commands) {
        for (int i = 0; i < commands.size(); i++) {
            commands.get(i).run();
        }
    }

    /** Frees the memory. */
    @TearDown
    public void release() {
        device.close();
    }
}
