package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.checkpoint.ValidationState;
import tandem.model.data.ImageCache;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.DataSetInference;
import tandem.model.inference.FoldedModel;
import tandem.model.metrics.Evaluation;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.TrainingSettings;
import tandem.model.settings.ValidationSettings;
import tandem.model.validation.LearningFinding;
import tandem.model.weights.WeightsException;

class ValidationTest {

    private static final int SIZE = 64;
    private static Device device;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
    }

    @AfterAll
    static void close() {
        device.close();
    }

    private static final class Events implements TrainingObserver {
        final List<TrainingEvent.Step> steps = new ArrayList<>();
        final List<TrainingEvent.Validation> validations = new ArrayList<>();
        final List<TrainingEvent.Findings> findings = new ArrayList<>();
        TrainingEvent.End end;

        @Override
        public void on(TrainingEvent event) {
            if (event instanceof TrainingEvent.Step step) {
                steps.add(step);
            } else if (event instanceof TrainingEvent.Validation one) {
                validations.add(one);
            } else if (event instanceof TrainingEvent.Findings found) {
                findings.add(found);
            } else if (event instanceof TrainingEvent.End last) {
                end = last;
            }
        }
    }

    private ImageCache training() {
        return TinyData.write(folder.resolve("data"), 10, SIZE, SIZE, TinyData.Annotations.ALTERNATING, 1);
    }

    private ImageCache heldOut() {
        return TinyData.write(folder.resolve("held"), 3, SIZE, SIZE, TinyData.Annotations.ALTERNATING, 2);
    }

    private static TrainingSettings settings(int epochs, int every, int patience) {
        return TinyData.training(epochs, 4).withValidation(new ValidationSettings(every, patience));
    }

    private Trainer start(TrainingSettings settings, String run) throws IOException {
        return Trainer.start(
                device,
                TinyData.network(SIZE),
                settings,
                training(),
                AugmentationSettings.none(),
                Trainer.Options.in(folder.resolve(run)));
    }

    @Test
    void theMeanOfBothMetricsSelectsTheBestWeights() throws IOException {
        Events events = new Events();
        ImageCache heldOut = heldOut();
        ValidationState state;
        try (Trainer trainer = start(settings(6, 2, 0), "run")) {
            trainer.review(Optional.of(heldOut));
            assertTrue(trainer.run(events, () -> false));
            state = trainer.validation().orElseThrow();
        }
        // 10 images in batches of 4: the second epoch is complete after step 5, the fourth after 10, the sixth after
        // 15.
        assertEquals(
                List.of(4L, 9L, 14L),
                events.validations.stream().map(TrainingEvent.Validation::step).toList());
        double best = Double.NEGATIVE_INFINITY;
        int since = 0;
        for (TrainingEvent.Validation one : events.validations) {
            assertEquals((one.ap50() + one.miou()) / 2, one.score(), 1e-12);
            since = one.score() > best ? 0 : since + 1;
            assertEquals(since == 0, one.best());
            assertEquals(since, one.sinceBest());
            best = Math.max(best, one.score());
            assertEquals(3, one.images());
        }
        assertEquals(best, state.best());
        assertEquals(3, state.validations());
        try (FoldedModel model = FoldedModel.load(folder.resolve("run").resolve(CheckpointStore.BEST), device)) {
            Evaluation evaluation =
                    DataSetInference.evaluate(model, heldOut.data(), 2, 1, NonMaximumSuppression.Settings.DEFAULT);
            assertEquals(best, (evaluation.ap50() + evaluation.miou()) / 2, 1e-9);
        }
    }

    @Test
    void validationDoesNotChangeTheWeights() throws IOException {
        Events without = new Events();
        try (Trainer trainer = start(settings(3, 1, 0), "without")) {
            trainer.run(without, () -> false);
        }
        Events with = new Events();
        try (Trainer trainer = start(settings(3, 1, 0), "with")) {
            trainer.review(Optional.of(heldOut()));
            trainer.run(with, () -> false);
        }
        assertEquals(List.of(), without.validations);
        assertEquals(3, with.validations.size());
        assertEquals(
                without.steps.stream().map(TrainingEvent.Step::losses).toList(),
                with.steps.stream().map(TrainingEvent.Step::losses).toList());
        assertFalse(Files.exists(folder.resolve("without").resolve(CheckpointStore.BEST)));
    }

    @Test
    void aResumedRunHasTheSameValidationsAndEndsAtTheSameStep() throws IOException {
        // With this learning rate only running statistics change, so the score soon stops to increase.
        TrainingSettings settings = settings(50, 1, 3);
        settings = settings.withSchedule(settings.schedule().withLearningRate(1e-9));
        Events whole = new Events();
        try (Trainer trainer = start(settings, "whole")) {
            trainer.review(Optional.of(heldOut()));
            assertTrue(trainer.run(whole, () -> false));
            assertTrue(whole.end.message().contains("--patience"), whole.end.message());
            List<Integer> since = whole.validations.stream()
                    .map(TrainingEvent.Validation::sinceBest)
                    .toList();
            assertEquals(since.size() - 1, since.indexOf(3), since.toString());
            assertTrue(trainer.stepsDone() < trainer.steps(), since.toString());
        }
        Events parts = new Events();
        Trainer.Options options = Trainer.Options.in(folder.resolve("parts"));
        boolean finished = false;
        for (int part = 0; !finished; part++) {
            int until = 1 + 2 * part;
            try (Trainer trainer = part == 0 ? start(settings, "parts") : Trainer.resume(device, training(), options)) {
                trainer.review(Optional.of(heldOut()));
                finished = trainer.run(parts, () -> trainer.stepsDone() >= until);
            }
        }
        assertEquals(whole.steps.size(), parts.steps.size());
        assertEquals(
                whole.validations.stream().map(ValidationTest::withoutTime).toList(),
                parts.validations.stream().map(ValidationTest::withoutTime).toList());
        for (String file : List.of(CheckpointStore.CURRENT, CheckpointStore.BEST)) {
            assertEquals(
                    -1,
                    Files.mismatch(
                            folder.resolve("whole").resolve(file),
                            folder.resolve("parts").resolve(file)),
                    file);
        }
        try (Trainer trainer = Trainer.resume(device, training(), options)) {
            trainer.review(Optional.of(heldOut()));
            long done = trainer.stepsDone();
            assertTrue(trainer.run(new Events(), () -> false), "the run is at its end");
            assertEquals(done, trainer.stepsDone());
        }
        try (Trainer trainer = Trainer.resume(device, training(), options)) {
            String message = assertThrows(
                            WeightsException.class,
                            () -> trainer.review(Optional.of(TinyData.write(
                                    folder.resolve("other"), 4, SIZE, SIZE, TinyData.Annotations.BOTH, 2))))
                    .getMessage();
            assertTrue(message.contains("other held-out images"), message);
        }
    }

    private static TrainingEvent.Validation withoutTime(TrainingEvent.Validation one) {
        return new TrainingEvent.Validation(
                one.step(),
                one.epoch(),
                one.epochs(),
                one.images(),
                one.ap50(),
                one.miou(),
                one.score(),
                one.best(),
                one.sinceBest(),
                0);
    }

    @Test
    void aRunThatLearnsNothingSaysSoAfterTheThirdEpochAndAtTheEnd() throws IOException {
        TrainingSettings settings = settings(12, 0, 0);
        TrainingSettings still = settings.withSchedule(
                settings.schedule().with(change -> change.learningRate(1e-9).warmupSteps(0)));
        for (Optional<ImageCache> images : List.of(Optional.of(heldOut()), Optional.<ImageCache>empty())) {
            Events events = new Events();
            try (Trainer trainer = start(still, "still" + images.isPresent())) {
                trainer.review(images);
                trainer.run(events, () -> false);
            }
            assertEquals(
                    List.of(2, 11),
                    events.findings.stream().map(TrainingEvent.Findings::epoch).toList());
            for (TrainingEvent.Findings found : events.findings) {
                Set<LearningFinding.Kind> kinds =
                        found.findings().stream().map(LearningFinding::kind).collect(Collectors.toSet());
                assertTrue(kinds.contains(LearningFinding.Kind.NO_CONFIDENT_BOX), found.toString());
                assertTrue(kinds.contains(LearningFinding.Kind.CLASS_FREQUENCIES), found.toString());
            }
            assertEquals(images.isPresent(), !events.validations.isEmpty());
        }
    }

    @Test
    void validationTakesLessThanATenthOfTheTime() {
        ValidationSettings byItself = new ValidationSettings(0, 0);
        assertEquals(1, byItself.epochs(100, 1200));
        assertEquals(2, byItself.epochs(240, 960));
        assertEquals(8, byItself.epochs(300, 300));
        assertEquals(7, new ValidationSettings(7, 0).epochs(300, 300));
    }
}
