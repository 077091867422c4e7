package tandem.bench;

import java.util.Locale;
import java.util.Map;
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
import tandem.engine.Activation;
import tandem.engine.Buffer;
import tandem.engine.Command;
import tandem.engine.Dnn;
import tandem.engine.Dnn.ConvolutionShape;
import tandem.engine.Memory;
import tandem.engine.cpu.ConvolutionAlgorithm;
import tandem.engine.cpu.CpuDevice;

/**
 * The convolutions of ResNet-18 at 224 pixels, batch 8: a command of the engine, with the algorithm that it measured as
 * the fastest, compared with oneDNN's direct convolution called directly. The engine stores filters as (K, R, S, C), so
 * its time includes their arrangement; the direct call has its filter already reordered.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ConvolutionBenchmark {

    /** The distinct convolutions. The backward-data pass of the first layer is never needed. */
    private static final Map<String, ConvolutionShape> LAYERS = Map.of(
            "stem", new ConvolutionShape(8, 224, 224, 3, 64, 7, 7, 2, 3),
            "layer1", new ConvolutionShape(8, 56, 56, 64, 64, 3, 3, 1, 1),
            "layer2down", new ConvolutionShape(8, 56, 56, 64, 128, 3, 3, 2, 1),
            "layer2", new ConvolutionShape(8, 28, 28, 128, 128, 3, 3, 1, 1),
            "layer2shortcut", new ConvolutionShape(8, 56, 56, 64, 128, 1, 1, 2, 0),
            "layer3", new ConvolutionShape(8, 14, 14, 256, 256, 3, 3, 1, 1),
            "layer4", new ConvolutionShape(8, 7, 7, 512, 512, 3, 3, 1, 1));

    /** Layer and pass. */
    @Param({
        "stem:forward",
        "stem:backward_filter",
        "layer1:forward",
        "layer1:backward_data",
        "layer1:backward_filter",
        "layer2down:forward",
        "layer2down:backward_data",
        "layer2down:backward_filter",
        "layer2shortcut:forward",
        "layer2:forward",
        "layer2:backward_data",
        "layer2:backward_filter",
        "layer3:forward",
        "layer3:backward_data",
        "layer3:backward_filter",
        "layer4:forward",
        "layer4:backward_data",
        "layer4:backward_filter"
    })
    public String product;

    private CpuDevice device;
    private Command engine;
    private BareConvolution bare;

    /** Prepares both and checks that their results agree. */
    @Setup
    public void prepare() {
        String[] parts = product.split(":");
        ConvolutionShape shape = LAYERS.get(parts[0]);
        BareConvolution.Pass pass = BareConvolution.Pass.valueOf(parts[1].toUpperCase(Locale.ROOT));
        float[] x = Operands.random(shape.n() * shape.h() * shape.w() * shape.c(), 1);
        float[] filter = Operands.random(shape.k() * shape.r() * shape.s() * shape.c(), 2);
        float[] dy = Operands.random(shape.n() * shape.outputH() * shape.outputW() * shape.k(), 3);
        device = Machine.device();
        Buffer xs = Operands.upload(device, x);
        Buffer filters = Operands.upload(device, filter);
        Buffer dys = Operands.upload(device, dy);
        Dnn dnn = device.dnn();
        Dnn.Primitive primitive = switch (pass) {
            case FORWARD -> dnn.convolutionForward(shape, false, false, Activation.NONE);
            case BACKWARD_DATA -> dnn.convolutionBackwardData(shape);
            case BACKWARD_FILTER -> dnn.convolutionBackwardFilter(shape, false);
        };
        Memory workspace =
                device.allocate(primitive.workspaceBytes(), "workspace").memory();
        Memory result = device.allocate(
                        Float.BYTES
                                * (long)
                                        switch (pass) {
                                            case FORWARD -> dy.length;
                                            case BACKWARD_DATA -> x.length;
                                            case BACKWARD_FILTER -> filter.length;
                                        },
                        "result")
                .memory();
        engine = switch (pass) {
            case FORWARD -> primitive.bind(workspace, xs.memory(), filters.memory(), Memory.NONE, Memory.NONE, result);
            case BACKWARD_DATA -> primitive.bind(workspace, dys.memory(), filters.memory(), result);
            case BACKWARD_FILTER -> primitive.bind(workspace, xs.memory(), dys.memory(), result, Memory.NONE);
        };
        bare = new BareConvolution(shape, pass, x, filter, dy);
        engine.run();
        bare.run();
        // Sums of up to 100,352 products in another order differ by a few units in the last place of the largest, and
        // Winograd's F(4 x 4) rounds more, up to the bound of its test.
        boolean direct = device.convolutionTimes().get(0).algorithm() == ConvolutionAlgorithm.DIRECT;
        Operands.requireClose(product, Operands.download(device, result), bare.result(), direct ? 1e-5 : 4e-5);
    }

    /** The command of the engine. */
    @Benchmark
    public void engine() {
        engine.run();
    }

    /** The oneDNN primitive. */
    @Benchmark
    public void bare() {
        bare.run();
    }

    /** Frees both. */
    @TearDown
    public void release() {
        bare.close();
        device.close();
    }
}
