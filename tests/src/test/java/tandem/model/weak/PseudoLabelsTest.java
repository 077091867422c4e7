package tandem.model.weak;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.model.batch.GeneratedLabels;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.Box;
import tandem.model.data.ImageCache;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.network.NetworkSettings;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.Confidence;
import tandem.model.settings.PseudoLabelSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;
import tandem.model.settings.WeakSettings;
import tandem.model.train.JsonLinesLog;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingObserver;
import tandem.model.train.TrainingStep;

class PseudoLabelsTest {

    @TempDir
    static Path shared;

    @TempDir
    Path folder;

    private static Device device;
    private static ImageCache images;
    private static String teacher;

    /** Even images have boxes, odd ones masks; the teacher has learned the same images with both. */
    @BeforeAll
    static void train() throws IOException {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
        images = TinyData.write(shared.resolve("data"), 8, 64, 64, TinyData.Annotations.ALTERNATING, 2);
        TrainingSettings t = TinyData.training(100, 8);
        TrainingSettings settings = t.withOptimizer(t.optimizer()
                        .with(change -> change.momentum(0.9f).weightDecay(5e-4f).gradientClip(10)))
                .withSchedule(t.schedule()
                        .with(change -> change.epochs(100).learningRate(0.03).warmupSteps(5)))
                .withAverage(AverageSettings.of(0.99f, 10))
                .withBatches(t.batches()
                        .with(change -> change.size(8).microBatches(1).inputSizes(List.of())))
                .withLosses(t.losses().with(change -> change.detectionWeight(1).segmentationWeight(3)))
                .withSeed(11);
        Path run = shared.resolve("teacher");
        ImageCache both = TinyData.write(shared.resolve("both"), 8, 64, 64, TinyData.Annotations.BOTH, 2);
        try (Trainer trainer = Trainer.start(
                device, TinyData.network(64), settings, both, AugmentationSettings.none(), Trainer.Options.in(run))) {
            trainer.run(TrainingObserver.NONE, () -> false);
        }
        teacher = run.resolve(CheckpointStore.CURRENT).toString();
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static final class Counts implements LabelListener {
        final List<LabelCount> all = new ArrayList<>();
        int prepared;

        @Override
        public void on(LabelEvent event) {
            if (event instanceof LabelProgress progress) {
                assertTrue(progress.done() <= progress.images());
                prepared++;
            } else if (event instanceof LabelCount count) {
                all.add(count);
            }
        }
    }

    private WeakLabels labels(PseudoLabelSettings settings, Ramp ramp, LabelListener listener) throws IOException {
        WeakLabels.Run run = new WeakLabels.Run(
                images,
                TinyData.network(64),
                Sampling.PROPORTIONAL,
                2,
                2,
                ramp,
                folder,
                false,
                null,
                new GrabCutMaskCache(folder.resolve("masks")),
                2);
        return new WeakLabels(device, WeakSettings.none().withPseudoLabels(settings), run, listener);
    }

    @Test
    void confidentBoxesAreThoseThatInferenceFindsAboveTheThreshold() throws IOException {
        Counts counts = new Counts();
        PseudoLabelSettings settings = PseudoLabelSettings.of(List.of(teacher))
                .withWeight(0.5f)
                .withConfidence(Confidence.above(0.3f).withClasses(Map.of("blue", 0.6f)), Confidence.above(1));
        WeakLabels labels = labels(settings, new Ramp(0, 10), counts);
        int[] given = new int[1];
        List<Float> weights = new ArrayList<>();
        try (FoldedModel model = FoldedModel.load(Path.of(teacher), device)) {
            int[] index = {0};
            DataSetInference.run(
                    model, images.data(), 3, 1, NonMaximumSuppression.Settings.DEFAULT, (sample, found) -> {
                        int i = index[0]++;
                        GeneratedLabels supplement = labels.of(i, images.get(i), 8);
                        assertNull(supplement.mask());
                        if (i % 2 == 0) {
                            assertNull(supplement.boxes());
                            return;
                        }
                        List<Box> expected = new ArrayList<>();
                        for (int k = 0; k < found.boxes(); k++) {
                            if (found.score(k) >= (found.label(k) == 1 ? 0.6f : 0.3f)) {
                                expected.add(new Box(
                                        found.label(k),
                                        Math.max(0, found.left(k)),
                                        Math.max(0, found.top(k)),
                                        Math.min(64, found.right(k)),
                                        Math.min(64, found.bottom(k)),
                                        false));
                            }
                        }
                        if (expected.isEmpty()) {
                            assertNull(supplement.boxes());
                            return;
                        }
                        assertEquals(expected.size(), supplement.boxes().size());
                        for (int k = 0; k < expected.size(); k++) {
                            assertEquals(
                                    expected.get(k).label(),
                                    supplement.boxes().get(k).label());
                            assertEquals(
                                    expected.get(k).xMin(),
                                    supplement.boxes().get(k).xMin(),
                                    1e-3f);
                            assertEquals(
                                    expected.get(k).yMax(),
                                    supplement.boxes().get(k).yMax(),
                                    1e-3f);
                        }
                        given[0]++;
                        weights.add(supplement.boxWeight());
                    });
        }
        assertTrue(given[0] > 0, "the teacher found nothing");
        assertEquals(
                List.of("boxes from teachers", "masks from teachers"),
                counts.all.stream().map(LabelCount::kind).toList());
        assertEquals(4, counts.all.get(0).images());
        assertEquals(given[0], counts.all.get(0).labelled());
        assertEquals(4 - given[0], counts.all.get(0).nothing());
        assertEquals(8, counts.prepared);
        // Step 4 of a ramp of 10; four images have annotated boxes; all weights average 1.
        float scale = (4 + given[0]) / (4 + 0.2f * given[0]);
        weights.forEach(weight -> assertEquals(0.2f * scale, weight, 1e-6f));
        assertEquals(scale, labels.annotatedBoxWeight(8), 1e-6f);
        assertEquals(1, labels.annotatedBoxWeight(1));
        // No softmax of finite logits reaches 1 in every pixel of an object, so hardly any image has a mask above that.
        assertEquals(4, counts.all.get(1).images());
    }

    @Test
    void aMaskKeepsTheConfidentPixelsOfTheArgmax() throws IOException {
        WeakLabels all = labels(
                PseudoLabelSettings.of(List.of(teacher)).withConfidence(Confidence.above(1), Confidence.above(0)),
                new Ramp(0, 0),
                LabelListener.NONE);
        List<byte[]> whole = new ArrayList<>();
        for (int i = 0; i < 8; i += 2) {
            whole.add(all.of(i, images.get(i), 0).mask());
        }
        WeakLabels sure = labels(
                PseudoLabelSettings.of(List.of(teacher)).withConfidence(Confidence.above(1), Confidence.above(0.7f)),
                new Ramp(0, 0),
                LabelListener.NONE);
        int ignored = 0;
        int masks = 0;
        try (FoldedModel model = FoldedModel.load(Path.of(teacher), device)) {
            List<byte[]> argmax = new ArrayList<>();
            DataSetInference.run(
                    model,
                    images.data(),
                    8,
                    1,
                    NonMaximumSuppression.Settings.DEFAULT,
                    (sample, found) -> argmax.add(found.maskBytes()));
            for (int i = 0; i < 8; i += 2) {
                assertArrayEquals(argmax.get(i), whole.get(i / 2));
                GeneratedLabels supplement = sure.of(i, images.get(i), 0);
                assertEquals(supplement.mask() == null ? 0 : 1, supplement.maskWeight());
                masks += supplement.mask() == null ? 0 : 1;
                for (int k = 0; k < 64 * 64 && supplement.mask() != null; k++) {
                    if (supplement.mask()[k] == -1) {
                        ignored++;
                    } else {
                        assertEquals(argmax.get(i)[k], supplement.mask()[k]);
                    }
                }
            }
        }
        assertTrue(
                masks > 0 && ignored > 0 && ignored < masks * 64 * 64,
                ignored + " pixels ignored in " + masks + " masks");
    }

    @Test
    void anImageWithoutConfidentObjectIsLeftOutOrTakenAsEmpty() throws IOException {
        PseudoLabelSettings none =
                PseudoLabelSettings.of(List.of(teacher)).withConfidence(Confidence.above(1), Confidence.above(0.5f));
        Counts counts = new Counts();
        assertNull(labels(none, new Ramp(0, 0), counts).of(1, images.get(1), 0).boxes());
        assertEquals(4, counts.all.get(0).nothing());
        WeakLabels empty =
                labels(none.withEmpty(PseudoLabelSettings.EmptyImages.EMPTY), new Ramp(0, 0), LabelListener.NONE);
        assertEquals(List.of(), empty.of(1, images.get(1), 0).boxes());
        assertEquals(1, empty.of(1, images.get(1), 0).boxWeight());
    }

    private static List<float[]> everything(TrainingStep step) {
        List<float[]> values = new ArrayList<>();
        for (Variables.Variable variable : step.variables().all()) {
            values.add(step.weights().read(variable.tensor()));
            values.add(step.average().read(variable.tensor()));
        }
        return values;
    }

    @Test
    void aResumedRunIsGivenTheSameLabelsWithoutItsTeacher() throws IOException {
        Path copy = folder.resolve("teacher.safetensors");
        Files.copy(Path.of(teacher), copy);
        PseudoLabelSettings settings = PseudoLabelSettings.of(List.of(copy.toString()))
                .withConfidence(Confidence.above(0.2f), Confidence.above(0.6f));
        TrainingSettings training = TinyData.training(3, 4)
                .withWeak(WeakSettings.none().withPseudoLabels(settings).withRampShare(0.5f));
        TrainingSettings alone = TinyData.training(3, 4);
        NetworkSettings network = TinyData.network(64);
        List<List<float[]>> ends = new ArrayList<>();
        for (TrainingSettings one : List.of(training, alone)) {
            try (Trainer trainer = Trainer.start(
                    device,
                    network,
                    one,
                    images,
                    AugmentationSettings.standard(),
                    Trainer.Options.in(folder.resolve("whole" + ends.size())))) {
                assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
                ends.add(everything(trainer.step()));
            }
        }
        Trainer.Options options = Trainer.Options.in(folder.resolve("parts"));
        Path log = folder.resolve("log.jsonl");
        try (JsonLinesLog lines = new JsonLinesLog(log)) {
            try (Trainer trainer =
                    Trainer.start(device, network, training, images, AugmentationSettings.standard(), options)) {
                assertFalse(trainer.run(lines, () -> trainer.stepsDone() >= 2));
            }
            Files.delete(copy);
            try (Trainer trainer = Trainer.resume(device, images, options)) {
                assertTrue(trainer.run(lines, () -> false));
                List<float[]> resumed = everything(trainer.step());
                boolean differs = false;
                for (int i = 0; i < resumed.size(); i++) {
                    assertArrayEquals(ends.get(0).get(i), resumed.get(i), 0f);
                    differs |= !java.util.Arrays.equals(ends.get(1).get(i), resumed.get(i));
                }
                assertTrue(differs, "the labels taught nothing");
            }
        }
        assertEquals(
                4,
                Files.readAllLines(log).stream()
                        .filter(line -> line.startsWith("{\"event\":\"labels\""))
                        .count());

        Files.delete(options.folder().resolve("pseudo-labels/labels.json"));
        try (Trainer trainer = Trainer.resume(device, images, options)) {
            String message = assertThrows(
                            IllegalArgumentException.class, () -> trainer.run(TrainingObserver.NONE, () -> false))
                    .getMessage();
            assertTrue(message.contains("contains no pseudo-labels"), message);
        }
    }

    @Test
    void twoTeachersOfOneTaskAreRefused() {
        PseudoLabelSettings settings = PseudoLabelSettings.of(List.of(teacher, teacher));
        String message = assertThrows(
                        IllegalArgumentException.class, () -> labels(settings, new Ramp(0, 0), LabelListener.NONE))
                .getMessage();
        assertTrue(message.contains("predicts the same task as the teacher before it"), message);
        assertThrows(
                IllegalArgumentException.class, () -> PseudoLabelSettings.none().withWeight(1));
        assertThrows(IllegalArgumentException.class, () -> PseudoLabelSettings.of(List.of()));
    }
}
