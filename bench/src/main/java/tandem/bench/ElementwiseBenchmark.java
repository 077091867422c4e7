package tandem.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Memory;
import tandem.engine.cpu.CpuDevice;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/**
 * Translated element-wise kernels on an array larger than the caches, in nanoseconds per element, on one thread. For
 * comparison: the sum as a plain Java loop, which HotSpot vectorizes, and a copy.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@OperationsPerInvocation(ElementwiseBenchmark.ELEMENTS)
public class ElementwiseBenchmark {

    /** 64 MiB per array. */
    static final int ELEMENTS = 1 << 24;

    private static final float SLOPE = 0.1f;

    /** Threads of the device. */
    @Param("1")
    public int threads;

    private CpuDevice device;
    private Command add;
    private Command scale;
    private Command leakyForward;
    private Command leakyBackward;
    private Command copy;
    private float[] a;
    private float[] b;
    private float[] y;

    /** Prepares the commands and compares each result with Java. */
    @Setup
    public void prepare() {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(threads));
        a = Operands.random(ELEMENTS, 1);
        b = Operands.random(ELEMENTS, 2);
        y = new float[ELEMENTS];
        Buffer as = Operands.upload(device, a);
        Buffer bs = Operands.upload(device, b);
        Memory ys = device.allocate(as.memory().bytes(), "result").memory();
        add = launch("elementwise_add", as.memory(), bs.memory(), ys, ELEMENTS);
        scale = launch("elementwise_scale", as.memory(), ys, SLOPE, ELEMENTS);
        leakyForward = launch("leaky_relu_forward", as.memory(), ys, SLOPE, ELEMENTS);
        leakyBackward = launch("leaky_relu_backward", as.memory(), bs.memory(), ys, SLOPE, ELEMENTS);
        copy = device.copy(as.memory(), ys);
        check("add", add, ys, i -> a[i] + b[i]);
        check("scale", scale, ys, i -> SLOPE * a[i]);
        check("leaky_relu_forward", leakyForward, ys, i -> a[i] > 0 ? a[i] : SLOPE * a[i]);
        check("leaky_relu_backward", leakyBackward, ys, i -> a[i] > 0 ? b[i] : SLOPE * b[i]);
        check("copy", copy, ys, i -> a[i]);
    }

    private Command launch(String entry, Object... arguments) {
        KernelEntry kernel = Catalogue.find(entry);
        return device.launch(kernel, kernel.elements(ELEMENTS / 4), arguments);
    }

    private interface Expected {
        float at(int index);
    }

    private void check(String what, Command command, Memory result, Expected expected) {
        command.run();
        float[] values = Operands.download(device, result);
        for (int i = 0; i < ELEMENTS; i++) {
            if (values[i] != expected.at(i)) {
                throw new IllegalStateException(
                        what + ": element " + i + " is " + values[i] + ", expected " + expected.at(i));
            }
        }
    }

    /** y = a + b. */
    @Benchmark
    public void add() {
        add.run();
    }

    /** y = factor a. */
    @Benchmark
    public void scale() {
        scale.run();
    }

    /** y = a where positive, slope a elsewhere. */
    @Benchmark
    public void leakyReluForward() {
        leakyForward.run();
    }

    /** dx = dy where y is positive, slope dy elsewhere. */
    @Benchmark
    public void leakyReluBackward() {
        leakyBackward.run();
    }

    /** The sum as a plain loop on one thread. */
    @Benchmark
    public float[] addInJava() {
        for (int i = 0; i < ELEMENTS; i++) {
            y[i] = a[i] + b[i];
        }
        return y;
    }

    /** The copy of the device: the limit of memory bandwidth. */
    @Benchmark
    public void copy() {
        copy.run();
    }

    /** Frees the memory. */
    @TearDown
    public void release() {
        device.close();
    }
}
