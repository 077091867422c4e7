package tandem.bench.peers;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.Activation;
import ai.djl.training.DefaultTrainingConfig;
import ai.djl.training.GradientCollector;
import ai.djl.training.Trainer;
import ai.djl.training.loss.Loss;
import ai.djl.training.optimizer.Optimizer;
import ai.djl.training.tracker.Tracker;
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
import tandem.bench.TwoHeads;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;

/**
 * A training step of the same network in DJL's PyTorch engine: forward, losses, backward, SGD with momentum and weight
 * decay. The peer does less work: its targets are given, while Tandem matches boxes and augments masks in the step; its
 * segmentation loss is computed at a quarter of the resolution; it has no gradient clipping and no moving average.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 5)
@Measurement(iterations = 5, time = 5)
@Fork(1)
public class PeerTrainingStepBenchmark {

    private final NetworkSettings settings = TwoHeads.settings();
    private final int anchors = settings.anchors(TwoHeads.IMAGE_SIZE);
    private Model model;
    private Trainer trainer;
    private float[] images;
    private float[] positives;
    private float[] offsets;
    private float[] labels;
    private float[] pixels;
    private float firstLoss;

    /** Builds the network, checks its size against ours, and that a few steps reduce the loss. */
    @Setup
    public void prepare() {
        String threads = Integer.toString(Runtime.getRuntime().availableProcessors());
        System.setProperty("ai.djl.pytorch.num_threads", threads);
        System.setProperty("ai.djl.pytorch.num_interop_threads", "1");
        model = Model.newInstance("peer", "PyTorch");
        PeerNetwork network = new PeerNetwork(settings);
        model.setBlock(network);
        Optimizer sgd = Optimizer.sgd()
                .setLearningRateTracker(Tracker.fixed(0.01f))
                .optMomentum(0.9f)
                .optWeightDecays(5e-4f)
                .build();
        trainer = model.newTrainer(new DefaultTrainingConfig(Loss.l2Loss()).optOptimizer(sgd));
        trainer.initialize(new Shape(TwoHeads.BATCH, 3, TwoHeads.IMAGE_SIZE, TwoHeads.IMAGE_SIZE));
        long theirs = network.getParameters().values().stream()
                .filter(parameter -> parameter.requiresGradient())
                .mapToLong(parameter -> parameter.getArray().size())
                .sum();
        long ours = new Network(settings).variables().parameterElements();
        if (theirs != ours) {
            throw new IllegalStateException("the peer has " + theirs + " trained parameters, Tandem has " + ours);
        }
        generate();
        firstLoss = step();
        for (int i = 0; i < 4; i++) {
            float loss = step();
            if (!(Float.isFinite(loss))) {
                throw new IllegalStateException("the peer's loss became " + loss);
            }
            if (i == 3 && !(loss < firstLoss)) {
                throw new IllegalStateException(
                        "five steps on one batch did not reduce the peer's loss of " + firstLoss + ": " + loss);
            }
        }
    }

    private void generate() {
        SplittableRandom random = new SplittableRandom(7);
        int classes = settings.boxClasses().size();
        int n = TwoHeads.BATCH;
        images = new float[n * 3 * TwoHeads.IMAGE_SIZE * TwoHeads.IMAGE_SIZE];
        for (int i = 0; i < images.length; i++) {
            images[i] = (float) (random.nextDouble() * 2 - 1);
        }
        positives = new float[n * anchors];
        offsets = new float[n * anchors * 4];
        labels = new float[n * anchors * classes];
        for (int image = 0; image < n; image++) {
            for (int box = 0; box < TwoHeads.BOXES * 8; box++) {
                int anchor = image * anchors + random.nextInt(anchors);
                positives[anchor] = 1;
                labels[anchor * classes + random.nextInt(classes)] = 1;
                for (int i = 0; i < 4; i++) {
                    offsets[anchor * 4 + i] = (float) (random.nextDouble() * 2 - 1);
                }
            }
        }
        int size = TwoHeads.IMAGE_SIZE / 4;
        pixels = new float[n * settings.maskChannels() * size * size];
        for (int image = 0; image < n; image++) {
            for (int i = 0; i < size * size; i++) {
                pixels[(image * settings.maskChannels() + random.nextInt(settings.maskChannels())) * size * size + i] =
                        1;
            }
        }
    }

    /** One step; returns its loss. */
    @Benchmark
    public float step() {
        int n = TwoHeads.BATCH;
        int size = TwoHeads.IMAGE_SIZE / 4;
        int classes = settings.boxClasses().size();
        float value;
        try (NDManager manager = model.getNDManager().newSubManager()) {
            NDArray input = manager.create(images, new Shape(n, 3, TwoHeads.IMAGE_SIZE, TwoHeads.IMAGE_SIZE));
            NDArray positive = manager.create(positives, new Shape(n, anchors, 1));
            NDArray offset = manager.create(offsets, new Shape(n, anchors, 4));
            NDArray label = manager.create(labels, new Shape(n, anchors, classes));
            NDArray pixel = manager.create(pixels, new Shape(n, settings.maskChannels(), size, size));
            try (GradientCollector collector = trainer.newGradientCollector()) {
                NDList outputs = trainer.forward(new NDList(input));
                NDArray count = positive.sum();
                NDArray loss = location(outputs.get(0), offset, positive)
                        .div(count)
                        .add(focal(outputs.get(1), label).div(count))
                        .add(outputs.get(2).logSoftmax(1).mul(pixel).sum().neg().div((float) n * size * size));
                collector.backward(loss);
                value = loss.toType(DataType.FLOAT32, false).getFloat();
            }
        }
        trainer.step();
        return value;
    }

    /** Smooth L1 over the positives. */
    private static NDArray location(NDArray offsets, NDArray targets, NDArray positive) {
        NDArray distance = offsets.sub(targets).abs();
        NDArray smooth = NDArrays.where(distance.lt(1), distance.mul(distance).mul(0.5f), distance.sub(0.5f));
        return smooth.mul(positive).sum();
    }

    /** Focal loss, alpha 0.25, gamma 2. */
    private static NDArray focal(NDArray logits, NDArray labels) {
        NDArray probability = Activation.sigmoid(logits);
        NDArray entropy = Activation.softPlus(logits).sub(logits.mul(labels));
        NDArray missed = probability.add(labels).sub(probability.mul(labels).mul(2));
        NDArray balance = labels.mul(0.25f).add(labels.mul(-1).add(1).mul(0.75f));
        return balance.mul(missed.mul(missed)).mul(entropy).sum();
    }

    /** Frees the engine's memory. */
    @TearDown
    public void release() {
        trainer.close();
        model.close();
    }
}
