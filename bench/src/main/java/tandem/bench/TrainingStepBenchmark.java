package tandem.bench;

import java.io.IOException;
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
import tandem.engine.cpu.CpuDevice;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.data.ImageCache;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;
import tandem.model.train.TrainingStep;

/**
 * A whole training step: staging, augmentation, forward pass, matching, losses, backward pass, clipping, SGD with
 * momentum and weight decay, moving average. The images are noise; the numbers of images and boxes are those of the
 * peer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
public class TrainingStepBenchmark {

    private NoiseImages noise;
    private CpuDevice device;
    private TrainingStep step;
    private BatchStager stager;
    private long number;

    /** Prepares images and network, and checks that a few steps reduce the loss. */
    @Setup
    public void prepare() throws IOException {
        NetworkSettings settings = TwoHeads.settings();
        TrainingSettings base = TrainingSettings.standard();
        TrainingSettings training = base.withSchedule(
                        base.schedule().withEpochs(1000).withWarmupSteps(0))
                .withBatches(base.batches().withSize(TwoHeads.BATCH));
        noise = new NoiseImages(settings, TwoHeads.BATCH, TwoHeads.BOXES);
        ImageCache images = noise.images();
        BatchShape shape = BatchShape.of(images, TwoHeads.BATCH);
        device = Machine.device();
        step = new TrainingStep(device, new Network(settings), training, shape);
        stager = BatchStager.training(
                images, shape, 1, SamplerState.start(0), Sampling.PROPORTIONAL, AugmentationSettings.none());
        step();
        float first = step.losses().total();
        for (int i = 0; i < 4; i++) {
            step();
        }
        if (!(step.losses().total() < first)) {
            throw new IllegalStateException(
                    "five steps on one batch did not reduce the loss of " + first + ": " + step.losses());
        }
    }

    /** One step. */
    @Benchmark
    public void step() {
        step.run(stager, number++, PixelSize.square(TwoHeads.IMAGE_SIZE), 0.01);
    }

    /** Frees everything. */
    @TearDown
    public void release() throws IOException {
        stager.close();
        step.close();
        device.close();
        noise.close();
    }
}
