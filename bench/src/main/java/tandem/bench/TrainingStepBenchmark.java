package tandem.bench;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import javax.imageio.ImageIO;
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
import tandem.model.augment.AugmentationSettings;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.batch.Sampling;
import tandem.model.data.Box;
import tandem.model.data.DataSet;
import tandem.model.data.ImageCache;
import tandem.model.data.MaskFile;
import tandem.model.data.Sample;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.picture.MaskPng;
import tandem.model.train.TrainingSettings;
import tandem.model.train.TrainingStep;

/**
 * A whole training step: staging, augmentation, forward pass, matching, losses, backward pass, clipping, SGD with momentum and
 * weight decay, moving average. The images are noise; their number and that of their boxes are those of the peer.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
public class TrainingStepBenchmark {

    private Path folder;
    private CpuDevice device;
    private TrainingStep step;
    private BatchStager stager;
    private long number;

    /** Makes images, network and memory, and checks that a few steps reduce the loss. */
    @Setup
    public void prepare() throws IOException {
        folder = Files.createTempDirectory("tandem-bench");
        NetworkSettings settings = TwoHeads.settings();
        TrainingSettings base = TrainingSettings.standard();
        TrainingSettings training = new TrainingSettings(base.optimizer(), base.learningRate(), 0, base.momentum(), base.weightDecay(),
                base.gradientClip(), base.averageDecay(), base.averageRamp(), 1000, TwoHeads.BATCH, 1, List.of(), base.matching(),
                base.confidenceLoss(), base.boxLoss(), 1, 1, 0);
        ImageCache images = new ImageCache(data(settings), TwoHeads.SIDE * TwoHeads.SIDE, Long.MAX_VALUE);
        BatchShape shape = BatchShape.of(images, TwoHeads.BATCH);
        device = new CpuDevice();
        step = new TrainingStep(device, new Network(settings), training, shape);
        stager = BatchStager.training(images, shape, 1, SamplerState.start(0), Sampling.PROPORTIONAL, AugmentationSettings.none());
        step();
        float first = step.losses().total();
        for (int i = 0; i < 4; i++) {
            step();
        }
        if (!(step.losses().total() < first)) {
            throw new IllegalStateException("five steps on one batch did not reduce the loss of " + first + ": " + step.losses());
        }
    }

    private DataSet data(NetworkSettings settings) throws IOException {
        SplittableRandom random = new SplittableRandom(7);
        int side = TwoHeads.SIDE;
        List<Sample> samples = new ArrayList<>();
        for (int i = 0; i < TwoHeads.BATCH; i++) {
            BufferedImage picture = new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB);
            byte[] mask = new byte[side * side];
            List<Long> pixels = new ArrayList<>();
            long[] counts = new long[settings.maskChannels()];
            for (int p = 0; p < side * side; p++) {
                picture.setRGB(p % side, p / side, random.nextInt());
                mask[p] = (byte) random.nextInt(settings.maskChannels());
                counts[mask[p]]++;
            }
            for (long count : counts) {
                pixels.add(count);
            }
            Path image = folder.resolve(i + ".png");
            Path classes = folder.resolve(i + "-mask.png");
            ImageIO.write(picture, "png", image.toFile());
            MaskPng.write(classes, mask, side, side);
            List<Box> boxes = new ArrayList<>();
            for (int b = 0; b < TwoHeads.BOXES; b++) {
                int x = random.nextInt(side / 2);
                int y = random.nextInt(side / 2);
                boxes.add(new Box(random.nextInt(settings.boxClasses().size()), x, y, x + 32, y + 32, false));
            }
            samples.add(new Sample("image" + i, image, side, side, Optional.of(boxes), Optional.of(new MaskFile(classes, pixels, 0))));
        }
        return new DataSet("noise", settings.boxClasses(), settings.maskClasses(), samples);
    }

    /** One step. */
    @Benchmark
    public void step() {
        step.run(stager, number++, TwoHeads.SIDE, 0.01);
    }

    /** Frees everything. */
    @TearDown
    public void release() throws IOException {
        stager.close();
        step.close();
        device.close();
        try (var files = Files.list(folder)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}
