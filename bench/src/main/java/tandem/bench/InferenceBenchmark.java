package tandem.bench;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
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
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.Inspector;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.Inspection;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

/**
 * One frame through {@link Inspector}: resizing, the network of {@link TwoHeads} at batch 1, decoding, non-maximum
 * suppression and the mask. The weights are initial ones and the frame is noise.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 3)
@Measurement(iterations = 5, time = 3)
@Fork(1)
public class InferenceBenchmark {

    private static final int WIDTH = 640;
    private static final int HEIGHT = 480;
    /** Below every score of an untrained network, so that suppression has its full work. */
    private static final NonMaximumSuppression.Settings SUPPRESSION =
            new NonMaximumSuppression.Settings(0.001f, 0.5f, 1000, 100, false);

    private CpuDevice device;
    private Inspector inspector;
    private ByteBuffer frame;
    private final Inspection found = new Inspection();

    /** Makes weights and a frame, and checks that two passes over one frame give the same boxes. */
    @Setup
    public void prepare() throws IOException {
        device = Machine.device();
        NetworkSettings settings = TwoHeads.settings();
        Path file = Files.createTempFile("tandem-inference", ".safetensors");
        Variables variables = new Network(settings).variables();
        try (Weights weights = new Weights(device, variables)) {
            weights.initialize(1);
            SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter(), settings);
            WeightsFile.add(writer, "", variables, weights);
            writer.write(file);
        }
        inspector = Inspector.load(file, device, SUPPRESSION);
        Files.delete(file);
        byte[] noise = new byte[3 * WIDTH * HEIGHT];
        new SplittableRandom(3).nextBytes(noise);
        frame = ByteBuffer.allocateDirect(noise.length).put(noise).flip();
        inspector.warmUp(WIDTH, HEIGHT);
        frame();
        int boxes = found.boxes();
        float score = found.score(0);
        frame();
        if (boxes == 0 || found.boxes() != boxes || found.score(0) != score) {
            throw new IllegalStateException(
                    "the same frame gave " + boxes + " boxes, the first with a score of " + score + ", then " + found);
        }
    }

    /** One frame. */
    @Benchmark
    public void frame() {
        inspector.inspect(frame, Inspector.PixelFormat.RGB, WIDTH, HEIGHT, 3 * WIDTH, found);
    }

    /** Frees everything. */
    @TearDown
    public void release() {
        inspector.close();
        device.close();
    }
}
