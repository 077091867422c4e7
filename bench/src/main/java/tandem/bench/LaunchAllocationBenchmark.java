package tandem.bench;

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
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.cpu.CpuDevice;
import tandem.kernels.Catalogue;
import tandem.kernels.KernelEntry;

/** The cost of one kernel launch: time and, with the gc profiler of JMH, bytes of Java heap. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class LaunchAllocationBenchmark {

    /** Elements of the array: one block, and enough for all threads. */
    @Param({"1024", "262144"})
    public int elements;

    private CpuDevice device;
    private Command launch;

    /** Prepares the kernel launch. */
    @Setup
    public void prepare() {
        device = new CpuDevice();
        Buffer x = Operands.upload(device, Operands.random(elements, 1));
        Buffer y = device.allocate(x.memory().bytes(), "result");
        KernelEntry kernel = Catalogue.find("leaky_relu_forward");
        launch = device.launch(kernel, kernel.elements(elements / 4), x.memory(), y.memory(), 0.1f, elements);
    }

    /** One kernel launch. */
    @Benchmark
    public void launch() {
        launch.run();
    }

    /** Frees the memory. */
    @TearDown
    public void release() {
        device.close();
    }
}
