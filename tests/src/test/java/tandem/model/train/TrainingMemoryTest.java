package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Variables;
import tandem.engine.Weights;
import tandem.engine.cpu.CpuDevice;
import tandem.model.batch.BatchShape;
import tandem.model.checkpoint.NetworkMetadata;
import tandem.model.data.ImageCache;
import tandem.model.distillation.Teachers;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.BalanceSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.Precision;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.RegionBoxSettings;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.weak.LabelMemory;
import tandem.model.weights.SafetensorsWriter;
import tandem.model.weights.WeightsFile;

class TrainingMemoryTest {

    @TempDir
    Path folder;

    /** What a step allocates beside the plan: learning rate, norms and the partial sums of both. */
    private static final long CONSTANT = 256 * 1024;

    @ParameterizedTest
    @CsvSource({"SGD, 1, 64, FIXED, 0", "ADAMW, 1, 64, FIXED, 10", "SGD, 2, 96, FIXED, 0", "ADAMW, 2, 96, PCGRAD, 0"})
    void thePlanIsWhatAStepAllocates(
            OptimizerSettings.Type optimizer, int parts, int otherSide, BalanceSettings.Method balance, int measured) {
        List<String> classes = List.of("a", "b");
        NetworkSettings settings = NetworkSettings.standard(classes, classes, 64)
                .with(change -> change.encoderChannels(8)
                        .stemPooling(true)
                        .neckChannels(8)
                        .segmentationChannels(8));
        TrainingSettings base = TrainingSettings.standard();
        TrainingSettings training = base.withOptimizer(base.optimizer()
                        .with(change -> change.type(optimizer)
                                .momentum(0.9f)
                                .weightDecay(0)
                                .gradientClip(0)))
                .withSchedule(base.schedule()
                        .with(change -> change.epochs(1).learningRate(0.01).warmupSteps(0)))
                .withAverage(AverageSettings.of(0.9f, 10))
                .withBatches(base.batches()
                        .with(change -> change.size(4).microBatches(parts).inputSizes(PixelSize.squares(otherSide))))
                .withLosses(
                        base.losses().with(change -> change.detectionWeight(1).segmentationWeight(1)))
                .withSeed(0)
                .withBalance(BalanceSettings.of(balance).withMeasureEvery(measured));
        BatchShape shape = new BatchShape(4 / parts, 64 * 64, 5);
        try (CpuDevice device = new CpuDevice()) {
            TrainingMemory planned = TrainingMemory.of(device, new Network(settings), training, shape);
            assertEquals(0, device.peakBytes(), "planning allocates nothing");
            try (TrainingStep step = new TrainingStep(device, new Network(settings), training, shape)) {
                assertEquals(step.plannedBytes(), planned.total());
                long beside = device.peakBytes() - planned.total();
                assertTrue(
                        beside >= 0 && beside <= CONSTANT,
                        beside + " bytes beside the plan of " + planned.total() + ": " + device.census());
            }
        }
    }

    private static NetworkSettings tiny(int channels) {
        List<String> classes = List.of("a", "b");
        return NetworkSettings.small(classes, classes, 64)
                .with(change -> change.encoderChannels(channels).neckChannels(8).segmentationChannels(8));
    }

    private static TrainingSettings batch(int images) {
        TrainingSettings standard = TrainingSettings.standard();
        return standard.withBatches(standard.batches().withSize(images));
    }

    @ParameterizedTest
    @EnumSource(Precision.class)
    void thePlanIsWhatAStepAllocatesWithTeachersInEachPrecision(Precision precision) throws IOException {
        Path file = folder.resolve("teacher.safetensors");
        try (CpuDevice device = new CpuDevice()) {
            write(device, new Network(tiny(16)), file);
        }
        TrainingSettings training = batch(4).withPrecision(precision)
                .withDistillation(DistillationSettings.outputs(TeacherSettings.of(file), TeacherSettings.of(file))
                        .withFeatures(FeatureLossType.MSE, 0));
        Network student = new Network(tiny(8));
        BatchShape shape = new BatchShape(4, 64 * 64, 5);
        try (CpuDevice device = new CpuDevice()) {
            TrainingMemory planned;
            try (Teachers teachers = Teachers.planned(training.distillation(), student.settings())) {
                planned = TrainingMemory.of(device, student, training, shape, teachers);
            }
            assertEquals(0, device.peakBytes(), "planning allocates nothing");
            assertTrue(planned.teachers() > 2 * planned.weights(), planned.toString());
            assertEquals(precision != Precision.FLOAT32, planned.rounded() > 0);
            Teachers loaded = Teachers.load(device, training.distillation(), student.settings());
            long before = allocated(device);
            assertEquals(planned.teachers(), before, "folded weights of both teachers");
            try (TrainingStep step = new TrainingStep(device, student, training, shape, loaded)) {
                assertEquals(planned.total(), step.plannedBytes());
                long beside = allocated(device) - planned.total();
                assertTrue(
                        beside >= 0 && beside <= CONSTANT,
                        beside + " bytes beside the plan of " + planned.total() + ": " + device.census());
            }
        }
    }

    private static long allocated(CpuDevice device) {
        return device.census().values().stream().mapToLong(Long::longValue).sum();
    }

    private TrainingSettings weak(int boxes, int firstRefinedEpoch) {
        TrainingSettings settings = TinyData.training(2, 4);
        return settings.withWeak(settings.weak()
                .withMaskForBox(RegionBoxSettings.of(1).withMaxBoxes(boxes).withFirstRefinedEpoch(firstRefinedEpoch)));
    }

    /** The device's peak over a whole run is the plan of the step and of what generates labels. */
    private void assertPlanned(TrainingSettings settings, long labels) throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 8, 64, 64, TinyData.Annotations.ALTERNATING, 5);
        long planned;
        try (CpuDevice device = new CpuDevice();
                Trainer trainer = Trainer.start(
                        device,
                        TinyData.network(64),
                        settings,
                        images,
                        AugmentationSettings.standard(),
                        Trainer.Options.in(folder.resolve("run")))) {
            TrainingMemory plan = TrainingMemory.of(
                    device, new Network(TinyData.network(64)), settings, new BatchShape(4, 64 * 64, 1));
            assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
            planned = plan.withLabels(labels).total();
            assertEquals(planned, trainer.plannedBytes());
            long beside = device.peakBytes() - planned;
            assertTrue(
                    beside >= 0 && beside <= CONSTANT,
                    beside + " bytes beside the plan of " + planned + ": " + device.census());
        }
    }

    @Test
    void thePlanHasRoomForGeneratedBoxes() throws IOException {
        assertPlanned(weak(10_000, -1), 0);
    }

    @Test
    void thePlanHasRoomForTheRefinementOfBoxes() throws IOException {
        TrainingSettings settings = weak(50, 1);
        try (CpuDevice device = new CpuDevice()) {
            long labels = LabelMemory.ofRefinement(
                    device, new Network(TinyData.network(64)), settings.weak(), 4, limit -> 64 * 64);
            assertEquals(0, device.peakBytes(), "planning allocates nothing");
            assertTrue(labels > 2 * CONSTANT, labels + " bytes");
            assertPlanned(settings, labels);
        }
    }

    @Test
    void thePlanHasRoomForTeachersOfPseudoLabels() throws IOException {
        Path file = folder.resolve("teacher.safetensors");
        TrainingSettings plain = TinyData.training(2, 4);
        TrainingSettings settings =
                plain.withWeak(plain.weak().withPseudoLabels(PseudoLabelSettings.of(List.of(file.toString()))));
        try (CpuDevice device = new CpuDevice()) {
            write(device, new Network(TinyData.network(64).with(change -> change.encoderChannels(32))), file);
        }
        try (CpuDevice device = new CpuDevice()) {
            long labels = LabelMemory.ofPseudoLabels(device, settings.weak(), 4, limit -> 64 * 64);
            assertEquals(0, device.peakBytes(), "planning allocates nothing");
            assertTrue(labels > 2 * CONSTANT, labels + " bytes");
            assertPlanned(settings, labels);
        }
    }

    private static void write(CpuDevice device, Network teacher, Path file) throws IOException {
        Variables variables = teacher.variables();
        try (Weights weights = new Weights(device, variables)) {
            weights.initialize(1);
            SafetensorsWriter writer = NetworkMetadata.put(new SafetensorsWriter(), teacher.settings());
            WeightsFile.add(writer, "", variables, weights);
            writer.write(file);
        }
    }
}
