package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.distillation.Adapter;
import tandem.model.distillation.LevelSimilarity;
import tandem.model.image.PixelSize;
import tandem.model.inference.FoldedModel;
import tandem.model.network.NeckType;
import tandem.model.network.NetworkSettings;
import tandem.model.network.SegmentationType;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.DistilledImages;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.LossSettings;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.weights.SafetensorsReader;
import tandem.model.weights.WeightsException;

/** Teachers inside of training runs. */
class DistillationTest {

    /** A teacher of another neck, width and segmentation head than the student. */
    private static final NetworkSettings TEACHER = NetworkSettings.standard(TinyData.CLASSES, TinyData.CLASSES, 64)
            .with(change -> change.encoderChannels(8)
                    .stemPooling(true)
                    .neck(NeckType.PAFPN)
                    .neckChannels(12)
                    .segmentation(SegmentationType.PUBLISHED)
                    .segmentationChannels(8));

    private static Device device;

    @TempDir
    static Path shared;

    private static ImageCache images;
    private static TeacherSettings teacher;

    @TempDir
    Path folder;

    @BeforeAll
    static void trainTeacher() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        images = TinyData.write(shared.resolve("data"), 8, 64, 64, TinyData.Annotations.ALTERNATING, 1);
        Path run = shared.resolve("teacher");
        try (Trainer trainer = Trainer.start(
                device,
                TEACHER,
                TinyData.training(6, 4),
                images,
                AugmentationSettings.none(),
                Trainer.Options.in(run))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        teacher = TeacherSettings.of(run.resolve(CheckpointStore.CURRENT));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static TrainingSettings training(int epochs, DistillationSettings distillation) {
        return TinyData.training(epochs, 4).withDistillation(distillation);
    }

    private static List<float[]> everything(TrainingStep step) {
        List<float[]> values = new ArrayList<>();
        for (Variables.Variable variable : step.variables().all()) {
            values.add(step.weights().read(variable.tensor()));
            values.add(step.average().read(variable.tensor()));
        }
        return values;
    }

    private List<TrainingEvent.Step> run(String name, NetworkSettings network, TrainingSettings settings)
            throws IOException {
        List<TrainingEvent.Step> steps = new ArrayList<>();
        try (Trainer trainer = Trainer.start(
                device,
                network,
                settings,
                images,
                AugmentationSettings.none(),
                Trainer.Options.in(folder.resolve(name)))) {
            trainer.run(collect(steps), () -> false);
        }
        return steps;
    }

    private static TrainingObserver collect(List<TrainingEvent.Step> steps) {
        return collect(steps, new ArrayList<>());
    }

    private static TrainingObserver collect(List<TrainingEvent.Step> steps, List<LevelSimilarity> similarities) {
        return event -> {
            if (event instanceof TrainingEvent.Step step) {
                steps.add(step);
            } else if (event instanceof TrainingEvent.Similarity measured) {
                similarities.add(measured.similarity());
            }
        };
    }

    /** Several sides, two micro-batches, augmentation, both teachers, features through adapters. */
    @ParameterizedTest
    @EnumSource(names = {"MSE", "PDF", "DEFEAT"})
    void aResumedRunEqualsOneThatNeverStoppedBitForBit(FeatureLossType features) throws IOException {
        TrainingSettings t = TinyData.training(3, 4);
        TrainingSettings settings = t.withOptimizer(t.optimizer()
                        .with(change -> change.momentum(0.9f).weightDecay(0.01f).gradientClip(1)))
                .withSchedule(t.schedule()
                        .with(change -> change.epochs(3).learningRate(0.01).warmupSteps(1)))
                .withAverage(AverageSettings.of(0.9f, 4))
                .withBatches(t.batches()
                        .with(change -> change.size(4).microBatches(2).inputSizes(PixelSize.squares(64, 96))))
                .withLosses(t.losses().with(change -> change.detectionWeight(1).segmentationWeight(1)))
                .withSeed(5)
                .withDistillation(DistillationSettings.outputs(
                                teacher,
                                teacher.withImages(DistilledImages.UNLABELLED).withTemperature(2))
                        .withFeatures(features, 0, 2)
                        .withAutomaticLevels(2));
        List<TrainingEvent.Step> whole = new ArrayList<>();
        List<TrainingEvent.Step> parts = new ArrayList<>();
        List<LevelSimilarity> similarities = new ArrayList<>();
        List<float[]> expected;
        try (Trainer trainer = Trainer.start(
                device,
                TinyData.network(64),
                settings,
                images,
                AugmentationSettings.standard(),
                Trainer.Options.in(folder.resolve("whole")))) {
            assertTrue(trainer.run(collect(whole, similarities), () -> false));
            expected = everything(trainer.step());
        }
        Trainer.Options options = Trainer.Options.in(folder.resolve("parts"));
        try (Trainer trainer = Trainer.start(
                device, TinyData.network(64), settings, images, AugmentationSettings.standard(), options)) {
            assertFalse(trainer.run(collect(parts), () -> trainer.stepsDone() >= 3));
        }
        try (Trainer trainer = Trainer.resume(device, images, options)) {
            assertEquals(settings, trainer.step().settings());
            assertTrue(trainer.run(collect(parts), () -> false));
            List<float[]> found = everything(trainer.step());
            assertEquals(expected.size(), found.size());
            for (int i = 0; i < expected.size(); i++) {
                assertArrayEquals(expected.get(i), found.get(i), 0f);
            }
        }
        assertEquals(6, whole.size());
        for (int i = 0; i < whole.size(); i++) {
            assertEquals(whole.get(i).losses(), parts.get(i).losses());
            assertTrue(whole.get(i).losses().distillation() > 0);
        }
        // after steps 1, 3 and 5, of both teachers; of two levels one is at most as alike as the mean
        assertEquals(
                List.of(1L, 1L, 3L, 3L, 5L, 5L),
                similarities.stream().map(LevelSimilarity::step).toList());
        for (LevelSimilarity similarity : similarities) {
            assertEquals(List.of(0, 2), similarity.levels());
            assertTrue(
                    similarity.similarity().stream().allMatch(value -> value > 0 && value < 1), similarity.toString());
            assertEquals(
                    1, similarity.imitated().stream().filter(counts -> counts).count());
        }
    }

    /** Without augmentation an image is the same each time, and so are the outputs of the teachers. */
    @Test
    void cachedTeacherOutputsChangeNothing() throws IOException {
        TrainingSettings settings =
                training(3, DistillationSettings.outputs(teacher, teacher).withFeatures(FeatureLossType.PDF, 1));
        List<List<float[]>> results = new ArrayList<>();
        List<Long> planned = new ArrayList<>();
        for (long room : new long[] {0, 100_000, 1L << 30}) {
            Trainer.Options options = new Trainer.Options(folder.resolve("room " + room), 1, 60, room);
            try (Trainer trainer = Trainer.start(
                    device, TinyData.network(64), settings, images, AugmentationSettings.none(), options)) {
                assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
                results.add(everything(trainer.step()));
                planned.add(trainer.step().plannedBytes());
            }
        }
        // 100 000 bytes do not hold the answers to 8 images, so that there is no cache.
        assertEquals(planned.get(0), planned.get(1));
        assertTrue(planned.get(2) > planned.get(0));
        for (int i = 0; i < results.get(0).size(); i++) {
            assertArrayEquals(results.get(0).get(i), results.get(1).get(i), 0f);
            assertArrayEquals(results.get(0).get(i), results.get(2).get(i), 0f);
        }
    }

    @Test
    void aCheckpointIsAWeightsFileWithoutAdapters() throws IOException {
        DistillationSettings distillation =
                DistillationSettings.outputs(teacher, null).withFeatures(FeatureLossType.MSE);
        run("run", TinyData.network(64), training(1, distillation));
        Path file = folder.resolve("run").resolve(CheckpointStore.CURRENT);
        try (SafetensorsReader reader = SafetensorsReader.open(file);
                FoldedModel model = FoldedModel.load(file, device)) {
            assertEquals(TinyData.network(64), model.network().settings());
            assertTrue(reader.names().stream().noneMatch(Adapter::owns));
            // 4 levels, filter and bias of each, in training and averaged
            assertEquals(
                    16,
                    reader.names().stream()
                            .filter(name -> Adapter.owns(name.substring(name.indexOf('/') + 1)))
                            .count());
        }
    }

    /** The mean loss of distillation over some steps; that of one step depends most on its images. */
    private static double distillation(List<TrainingEvent.Step> steps) {
        return steps.stream()
                .mapToDouble(step -> step.losses().distillation())
                .average()
                .orElseThrow();
    }

    /**
     * Training with the teacher alone, without labels, makes the outputs of the student similar to those of the
     * teacher.
     */
    @ParameterizedTest
    @EnumSource(names = {"MSE", "PDF", "DEFEAT"})
    void withoutLabelsTheStudentComesToTheTeacher(FeatureLossType features) throws IOException {
        TeacherSettings loud = teacher.withOutputWeight(1).withFeatureWeight(1);
        List<TrainingEvent.Step> steps = run(
                "self",
                TinyData.network(64),
                training(
                        60,
                        DistillationSettings.outputs(loud, loud)
                                .withFeatures(features)
                                .withSupervised(false)));
        StepLosses first = steps.get(0).losses();
        assertEquals(0, first.location() + first.confidence() + first.segmentation());
        assertEquals(first.total(), first.distillation());
        double begin = distillation(steps.subList(0, 6));
        double end = distillation(steps.subList(steps.size() - 6, steps.size()));
        assertTrue(end < 0.5 * begin, begin + " to " + end);
    }

    /**
     * Its own teacher, before a step: nothing to learn from it but what batch statistics and averaged ones differ by.
     */
    @Test
    void aTeacherIsAppliedToTheSelectedImages() throws IOException {
        // The images of TinyData alternate: every second one has boxes, the others masks.
        float[] sums = new float[3];
        for (DistilledImages which : DistilledImages.values()) {
            TrainingSettings settings = TrainingSettings.standard()
                    .withOptimizer(TrainingSettings.standard()
                            .optimizer()
                            .with(change -> change.type(OptimizerSettings.Type.SGD)
                                    .momentum(0)
                                    .weightDecay(0)
                                    .gradientClip(0)))
                    .withSchedule(TrainingSettings.standard()
                            .schedule()
                            .with(change -> change.epochs(1).learningRate(1e-6).warmupSteps(0)))
                    .withAverage(AverageSettings.of(0, 1))
                    .withBatches(TrainingSettings.standard()
                            .batches()
                            .with(change -> change.size(8).microBatches(1).inputSizes(List.of())))
                    .withLosses(TrainingSettings.standard()
                            .losses()
                            .with(change -> change.matching(LossSettings.Matching.IOU)
                                    .confidence(LossSettings.ConfidenceLoss.FOCAL)
                                    .box(LossSettings.BoxLoss.BALANCED_L1)
                                    .detectionWeight(1)
                                    .segmentationWeight(1)))
                    .withSeed(3)
                    .withDistillation(DistillationSettings.outputs(teacher.withImages(which), null));
            sums[which.ordinal()] = run("images " + which, TinyData.network(64), settings)
                    .get(0)
                    .losses()
                    .distillation();
        }
        float labelled = sums[DistilledImages.LABELLED.ordinal()];
        float unlabelled = sums[DistilledImages.UNLABELLED.ordinal()];
        assertEquals((labelled + unlabelled) / 2, sums[DistilledImages.ALL.ordinal()], 1e-5 * labelled);
        assertTrue(Math.abs(labelled - unlabelled) > 1e-3 * labelled);
    }

    @Test
    void aTeacherThatIsGoneChangedOrOtherIsNamed() throws IOException {
        Path copy = folder.resolve("teacher.safetensors");
        Files.copy(Path.of(teacher.file()), copy);
        TeacherSettings own = TeacherSettings.of(copy);
        Trainer.Options options = Trainer.Options.in(folder.resolve("run"));
        try (Trainer trainer = Trainer.start(
                device,
                TinyData.network(64),
                training(1, DistillationSettings.outputs(own, null)),
                images,
                AugmentationSettings.none(),
                options)) {
            trainer.save();
        }
        byte[] content = Files.readAllBytes(copy);
        content[content.length - 1] ^= 1;
        Files.write(copy, content);
        String changed = assertThrows(WeightsException.class, () -> Trainer.resume(device, images, options))
                .getMessage();
        assertTrue(
                changed.contains("has changed")
                        && changed.contains(own.sha256())
                        && changed.startsWith(copy.toString()),
                changed);
        Files.delete(copy);
        String gone = assertThrows(WeightsException.class, () -> Trainer.resume(device, images, options))
                .getMessage();
        assertTrue(gone.contains("is missing") && gone.startsWith(copy.toString()), gone);
        NetworkSettings boxesAlone = TinyData.network(64).withClasses(TinyData.CLASSES, List.of());
        String classes = assertThrows(
                        WeightsException.class,
                        () -> Trainer.start(
                                device,
                                boxesAlone,
                                training(1, DistillationSettings.outputs(null, teacher)),
                                images,
                                AugmentationSettings.none(),
                                options))
                .getMessage();
        assertTrue(classes.contains("[red, blue]") && classes.contains("student []"), classes);
        String level = assertThrows(
                        IllegalArgumentException.class,
                        () -> Trainer.start(
                                device,
                                TinyData.network(64),
                                training(
                                        1,
                                        DistillationSettings.outputs(teacher, null)
                                                .withFeatures(FeatureLossType.MSE, 4)),
                                images,
                                AugmentationSettings.none(),
                                options))
                .getMessage();
        assertTrue(level.contains("level 4") && level.contains("0 to 3"), level);
        TrainingSettings mute = training(
                1,
                DistillationSettings.outputs(teacher.withOutputWeight(0).withFeatureWeight(0), null)
                        .withSupervised(false));
        assertThrows(
                IllegalArgumentException.class,
                () -> Trainer.start(device, TinyData.network(64), mute, images, AugmentationSettings.none(), options));
    }
}
