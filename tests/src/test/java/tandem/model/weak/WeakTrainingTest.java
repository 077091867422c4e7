package tandem.model.weak;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.GrabCutMaskSettings;
import tandem.model.settings.RegionBoxSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;
import tandem.model.settings.WeakSettings;
import tandem.model.train.StepLosses;
import tandem.model.train.TinyData;
import tandem.model.train.Trainer;
import tandem.model.train.TrainingEvent;
import tandem.model.train.TrainingObserver;
import tandem.model.train.TrainingStep;
import tandem.model.weights.SafetensorsReader;

/** Training with masks made from boxes and boxes made from masks. */
class WeakTrainingTest {

    @TempDir
    Path folder;

    private String before;

    @BeforeEach
    void keepMasksHere() {
        before = System.setProperty("tandem.masks", folder.resolve("masks").toString());
    }

    @AfterEach
    void restore() {
        if (before == null) {
            System.clearProperty("tandem.masks");
        } else {
            System.setProperty("tandem.masks", before);
        }
    }

    private static final class Events implements TrainingObserver {
        final List<LabelCount> labels = new ArrayList<>();
        final List<StepLosses> losses = new ArrayList<>();

        @Override
        public void on(TrainingEvent event) {
            if (event instanceof TrainingEvent.Step step) {
                losses.add(step.losses());
            } else if (event instanceof TrainingEvent.Labels made && made.event() instanceof LabelCount count) {
                labels.add(count);
            }
        }
    }

    private static List<float[]> everything(TrainingStep step) {
        List<float[]> values = new ArrayList<>();
        for (Variables.Variable variable : step.variables().all()) {
            values.add(step.weights().read(variable.tensor()));
            values.add(step.average().read(variable.tensor()));
        }
        return values;
    }

    private static TrainingSettings settings(int epochs, int batch, int firstEpoch) {
        // A low score is enough, so that some boxes are merged or split even by a network after few steps.

        RegionBoxSettings boxes = RegionBoxSettings.of(0.5f)
                .with(change -> change.minArea(0)
                        .firstRefinedEpoch(firstEpoch)
                        .minScore(0.05f)
                        .minInsideShare(0.3f)
                        .maxOverlap(0.6f)
                        .minCoveredShare(0));
        return TinyData.training(epochs, batch)
                .withWeak(WeakSettings.none()
                        .withBoxForMask(GrabCutMaskSettings.of(0.5f))
                        .withMaskForBox(boxes)
                        .withRampShare(0.2f));
    }

    /**
     * With 10 images, batches of 4 begin epochs in steps 0, 3, 5 and 8; batches of 12 begin one in every step. Runs are
     * stopped before such a step, after it, and elsewhere.
     */
    @ParameterizedTest
    @CsvSource({"4, 4, 1, 3, 3 4 7 8 99", "12, 3, 0, 3, 1 2 99", "4, 2, -1, 0, 3 99"})
    void aResumedRunEqualsOneThatNeverStoppedBitForBit(int batch, int epochs, int firstEpoch, int times, String stops)
            throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 10, 64, 64, TinyData.Annotations.ALTERNATING, 1);
        TrainingSettings settings = settings(epochs, batch, firstEpoch);
        Events whole = new Events();
        List<float[]> expected;
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            try (Trainer trainer = Trainer.start(
                    device,
                    TinyData.network(64),
                    settings,
                    images,
                    AugmentationSettings.standard(),
                    Trainer.Options.in(folder.resolve("whole")))) {
                assertTrue(trainer.run(whole, () -> false));
                expected = everything(trainer.step());
            }
            Trainer.Options options = Trainer.Options.in(folder.resolve("parts"));
            Events parts = new Events();
            boolean finished = false;
            for (String until : stops.split(" ")) {
                int stop = Integer.parseInt(until);
                try (Trainer trainer = parts.losses.isEmpty()
                        ? Trainer.start(
                                device,
                                TinyData.network(64),
                                settings,
                                images,
                                AugmentationSettings.standard(),
                                options)
                        : Trainer.resume(device, images, options)) {
                    finished = trainer.run(parts, () -> trainer.stepsDone() >= stop);
                    if (finished) {
                        List<float[]> resumed = everything(trainer.step());
                        for (int i = 0; i < resumed.size(); i++) {
                            assertArrayEquals(expected.get(i), resumed.get(i), 0f);
                        }
                    }
                }
            }
            assertTrue(finished);
            assertEquals(whole.losses, parts.losses);
        }
        List<String> kinds = whole.labels.stream().map(LabelCount::kind).toList();
        assertEquals("masks from boxes", kinds.get(0));
        int refreshed = (int) whole.labels.stream()
                .filter(count -> count.detail().contains("with predictions"))
                .count();
        assertEquals(times, refreshed);
        try (SafetensorsReader reader =
                SafetensorsReader.open(folder.resolve("whole").resolve(CheckpointStore.CURRENT))) {
            assertEquals(firstEpoch >= 0, reader.contains("weak/boxes"));
        }
        try (Stream<Path> masks = Files.list(folder.resolve("masks"))) {
            assertEquals(5, masks.count());
        }
    }

    /**
     * The odd images have no boxes, the even ones no masks; the labels generated for them equal the annotation of these
     * rectangles.
     */
    @ParameterizedTest
    @EnumSource
    void whatIsMadeIsCloseToWhatWasNotShown(Sampling sampling) throws IOException {
        ImageCache shown = TinyData.write(folder.resolve("shown"), 12, 64, 64, TinyData.Annotations.ALTERNATING, 7);
        ImageCache all = TinyData.write(folder.resolve("all"), 12, 64, 64, TinyData.Annotations.BOTH, 7);
        WeakSettings settings = WeakSettings.none()
                .withBoxForMask(GrabCutMaskSettings.of(1).withFailure(GrabCutMaskSettings.Failure.FILL))
                .withMaskForBox(RegionBoxSettings.of(1).withFirstRefinedEpoch(-1));
        WeakLabels.Run run = new WeakLabels.Run(
                shown,
                TinyData.network(64),
                sampling,
                4,
                4,
                new Ramp(0, 0),
                folder,
                false,
                null,
                new GrabCutMaskCache(folder.resolve("masks")),
                2);
        List<LabelCount> counts = new ArrayList<>();
        try (WeakLabels labels = new WeakLabels(null, settings, run, event -> {
            if (event instanceof LabelCount count) {
                counts.add(count);
            }
        })) {
            assertEquals(settings.maxBoxes(), labels.maxBoxes());
            for (int i = 0; i < 12; i++) {
                var made = labels.of(i, shown.get(i), 0);
                if (i % 2 == 0) {
                    byte[] truth = all.get(i).mask();
                    int same = 0;
                    for (int k = 0; k < truth.length; k++) {
                        same += truth[k] == made.mask()[k] ? 1 : 0;
                    }
                    assertTrue(same > 0.99 * truth.length, same + " pixels of image " + i);
                    assertEquals(1, made.maskWeight());
                } else {
                    assertEquals(all.data().samples().get(i).boxes().get(), made.boxes());
                    assertEquals(1, made.boxWeight());
                    assertFalse(made.mask() != null);
                }
            }
        }
        // Of 13 images 7 have boxes and 6 a mask; made boxes count half, rising over 10 steps of 4 images.
        ImageCache odd = TinyData.write(folder.resolve("odd"), 13, 64, 64, TinyData.Annotations.ALTERNATING, 7);
        WeakLabels.Run longer = new WeakLabels.Run(
                odd,
                TinyData.network(64),
                sampling,
                4,
                4,
                new Ramp(0, 10),
                folder,
                false,
                null,
                new GrabCutMaskCache(folder.resolve("masks")),
                2);
        try (WeakLabels labels = new WeakLabels(
                null, WeakSettings.none().withMaskForBox(RegionBoxSettings.of(0.5f)), longer, LabelListener.NONE)) {
            double drawn = sampling == Sampling.EVEN ? 1 : 7;
            double made = sampling == Sampling.EVEN ? 1 : 6;
            double scale = (drawn + made) / (drawn + 0.2 * made);
            assertEquals(scale, labels.annotatedBoxWeight(16), 1e-5);
            assertEquals(0.2 * scale, labels.of(1, odd.get(1), 16).boxWeight(), 1e-5);
            assertEquals(1, labels.annotatedMaskWeight(16));
            assertEquals(1, labels.annotatedBoxWeight(3));
        }
        assertEquals(List.of(6, 6), counts.stream().map(LabelCount::labelled).toList());
    }
}
