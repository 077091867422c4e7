package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Device;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.data.ImageCache;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.BalanceSettings;
import tandem.model.settings.BalanceSettings.Method;
import tandem.model.settings.OptimizerSettings;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;

class TaskBalanceTest {

    private static final int SIDE = 64;
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

    private static TrainingSettings settings(float detection, float segmentation, int parts, long seed) {
        TrainingSettings s = TinyData.training(3, 4);
        return s.withOptimizer(s.optimizer()
                        .with(change -> change.type(OptimizerSettings.Type.SGD)
                                .momentum(0.9f)
                                .weightDecay(0.01f)
                                .gradientClip(10)))
                .withSchedule(s.schedule()
                        .with(change -> change.epochs(3).learningRate(0.01).warmupSteps(1)))
                .withAverage(AverageSettings.of(0.9f, 4))
                .withBatches(s.batches().with(change -> change.size(4).microBatches(parts)))
                .withLosses(s.losses()
                        .with(change -> change.detectionWeight(detection).segmentationWeight(segmentation)))
                .withSeed(seed);
    }

    private static BalanceSettings of(Method method) {
        return switch (method) {
            case FIXED -> BalanceSettings.none().withMeasureEvery(2);
            case UNCERTAINTY -> BalanceSettings.uncertainty().withMeasureEvery(3);
            case GRADNORM -> BalanceSettings.gradNorm().withMeasureEvery(1);
            case PCGRAD -> BalanceSettings.pcGrad().withMeasureEvery(2);
        };
    }

    private TrainingStep step(ImageCache images, TrainingSettings settings) {
        return new TrainingStep(
                device,
                new Network(TinyData.network(SIDE)),
                settings,
                BatchShape.of(
                        images, settings.batches().size() / settings.batches().microBatches()));
    }

    private void run(TrainingStep step, ImageCache images, int steps, double rate) {
        TrainingSettings settings = step.settings();
        try (BatchStager stager = BatchStager.training(
                images,
                BatchShape.of(
                        images, settings.batches().size() / settings.batches().microBatches()),
                1,
                SamplerState.start(3),
                Sampling.PROPORTIONAL,
                AugmentationSettings.none())) {
            for (int i = 0; i < steps; i++) {
                step.run(stager, i, PixelSize.square(SIDE), rate);
            }
        }
    }

    private static Map<String, float[]> gradients(TrainingStep step) {
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (Variables.Variable variable : step.variables().parameters()) {
            Tensor tensor = variable.tensor();
            ByteBuffer bytes = ByteBuffer.allocateDirect((int) tensor.bytes()).order(ByteOrder.nativeOrder());
            device.download(step.gradients().of(tensor), bytes.duplicate());
            float[] values = new float[(int) tensor.elements()];
            bytes.asFloatBuffer().get(values);
            gradients.put(tensor.name(), values);
        }
        return gradients;
    }

    private Map<String, float[]> gradients(ImageCache images, TrainingSettings settings) {
        try (TrainingStep step = step(images, settings)) {
            run(step, images, 1, 0.01);
            return gradients(step);
        }
    }

    private static double dot(Map<String, float[]> a, Map<String, float[]> b, String... prefixes) {
        double sum = 0;
        for (Map.Entry<String, float[]> entry : a.entrySet()) {
            if (List.of(prefixes).stream().anyMatch(entry.getKey()::startsWith)) {
                float[] other = b.get(entry.getKey());
                for (int i = 0; i < other.length; i++) {
                    sum += (double) entry.getValue()[i] * other[i];
                }
            }
        }
        return sum;
    }

    private static Map<String, float[]> weights(TrainingStep step) {
        Map<String, float[]> values = new LinkedHashMap<>();
        step.variables()
                .all()
                .forEach(variable ->
                        values.put(variable.tensor().name(), step.weights().read(variable.tensor())));
        return values;
    }

    private static void assertSame(Map<String, float[]> expected, Map<String, float[]> actual) {
        assertEquals(expected.keySet(), actual.keySet());
        expected.forEach((name, values) -> assertArrayEquals(values, actual.get(name), name));
    }

    @Test
    void aMeasuredStepGivesTheSameBits() throws IOException {
        ImageCache images = TinyData.write(folder, 4, SIDE, SIDE, TinyData.Annotations.ALTERNATING, 8);
        TrainingSettings plain = settings(1, 1, 2, 7);
        try (TrainingStep first = step(images, plain);
                TrainingStep second =
                        step(images, plain.withBalance(BalanceSettings.none().withMeasureEvery(1)))) {
            run(first, images, 3, 0.01);
            run(second, images, 3, 0.01);
            assertNull(first.tasks());
            assertNotNull(second.tasks());
            assertSame(weights(first), weights(second));
        }
    }

    /** The gradients of either task alone come from runs in which the other has no weight. */
    @ParameterizedTest
    @ValueSource(longs = {7, 8, 11})
    void normsAngleAndProjectionAreThoseOfEitherTaskAlone(long seed) throws IOException {
        ImageCache images = TinyData.write(folder, 4, SIDE, SIDE, TinyData.Annotations.BOTH, 8);
        Map<String, float[]> detection = gradients(images, settings(2, 0, 1, seed));
        Map<String, float[]> segmentation = gradients(images, settings(0, 0.5f, 1, seed));
        try (TrainingStep step = step(images, settings(2, 0.5f, 1, seed).withBalance(of(Method.PCGRAD)))) {
            run(step, images, 1, 0.01);
            double detectionNorm = Math.sqrt(dot(detection, detection, "encoder."));
            double segmentationNorm = Math.sqrt(dot(segmentation, segmentation, "encoder."));
            assertEquals(detectionNorm, step.tasks().detectionNorm(), 1e-3 * detectionNorm);
            assertEquals(segmentationNorm, step.tasks().segmentationNorm(), 1e-3 * segmentationNorm);
            assertEquals(
                    dot(detection, segmentation, "encoder.") / detectionNorm / segmentationNorm,
                    step.tasks().cosine(),
                    1e-3);
            assertEquals(2, step.tasks().locationWeight());
            assertEquals(0.5, step.tasks().segmentationWeight());
            String[] shared = {"encoder.", "neck."};
            double along = Math.min(0, dot(detection, segmentation, shared));
            double ofDetection = 1 - along / dot(detection, detection, shared);
            double ofSegmentation = 1 - along / dot(segmentation, segmentation, shared);
            double difference = 0;
            double size = 0;
            for (Map.Entry<String, float[]> entry : gradients(step).entrySet()) {
                boolean both =
                        entry.getKey().startsWith("encoder.") || entry.getKey().startsWith("neck.");
                for (int i = 0; i < entry.getValue().length; i++) {
                    double expected = (both ? ofDetection : 1) * detection.get(entry.getKey())[i]
                            + (both ? ofSegmentation : 1) * segmentation.get(entry.getKey())[i];
                    difference += Math.pow(expected - entry.getValue()[i], 2);
                    size += expected * expected;
                }
            }
            assertTrue(Math.sqrt(difference / size) < 1e-3, Math.sqrt(difference) + " of " + Math.sqrt(size));
            assertEquals(seed != 11, along < 0, "two of these seeds make a conflict");
        }
    }

    @Test
    void learnedWeightsMultiplyTheLosses() throws IOException {
        ImageCache images = TinyData.write(folder, 4, SIDE, SIDE, TinyData.Annotations.BOTH, 8);
        Map<String, float[]> expected = gradients(images, settings(0.8f, 1.7f, 1, 7));
        try (TrainingStep step = step(images, settings(1, 1, 1, 7).withBalance(BalanceSettings.uncertainty()))) {
            // 1/2 exp(-s) = exp(-s') = 0.8, exp(-s'') = 1.7
            step.balance().restore(List.of(Math.log(0.5 / 0.8), Math.log(1 / 0.8), Math.log(1 / 1.7)));
            run(step, images, 1, 0.01);
            StepLosses losses = step.losses();
            assertEquals(
                    0.8 * (losses.location() + losses.confidence()) + 1.7 * losses.segmentation(),
                    losses.total(),
                    1e-5 * losses.total());
            Map<String, float[]> actual = gradients(step);
            double difference = dot(expected, expected, "") - 2 * dot(expected, actual, "") + dot(actual, actual, "");
            assertTrue(difference < 1e-8 * dot(expected, expected, ""), "squared difference " + difference);
            double s = Math.log(1 / 1.7) - 0.01 * (0.5 - 1.7 * losses.segmentation());
            assertEquals(s, step.balance().state().get(2), 1e-6);
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void aBatchWithoutOneTaskIsNoHarm(Method method) throws IOException {
        // The even images have boxes alone: the one image here has no mask.
        ImageCache images = TinyData.write(folder, 1, SIDE, SIDE, TinyData.Annotations.ALTERNATING, 8);
        TrainingSettings s = settings(1, 1, 1, 7);
        TrainingSettings one = s.withOptimizer(s.optimizer()
                        .with(change -> change.momentum(0.9f).weightDecay(0).gradientClip(10)))
                .withSchedule(s.schedule()
                        .with(change -> change.epochs(1).learningRate(0.01).warmupSteps(0)))
                .withAverage(AverageSettings.of(0.9f, 4))
                .withBatches(s.batches().with(change -> change.size(2).microBatches(1)))
                .withLosses(s.losses().with(change -> change.detectionWeight(1).segmentationWeight(1)))
                .withSeed(7)
                .withBalance(of(method).withMeasureEvery(1));
        try (TrainingStep step = step(images, one)) {
            run(step, images, 3, 0.01);
            assertEquals(0, step.losses().segmentation());
            assertEquals(0, step.tasks().segmentationNorm());
            assertEquals(0, step.tasks().cosine());
            assertEquals(1, step.tasks().segmentationWeight());
            assertTrue(step.tasks().detectionNorm() > 0);
            if (method == Method.UNCERTAINTY) {
                assertEquals(0, step.balance().state().get(2));
                assertTrue(step.balance().state().get(1) != 0);
            }
            weights(step).forEach((name, values) -> {
                for (float value : values) {
                    assertTrue(Float.isFinite(value), name);
                }
            });
        }
    }

    private static final class Measured implements TrainingObserver {
        final List<TrainingEvent.Tasks> tasks = new ArrayList<>();

        @Override
        public void on(TrainingEvent event) {
            if (event instanceof TrainingEvent.Tasks measured) {
                tasks.add(measured);
            }
        }
    }

    @ParameterizedTest
    @EnumSource(Method.class)
    void aResumedRunEqualsOneThatNeverStopped(Method method) throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 8, SIDE, SIDE, TinyData.Annotations.ALTERNATING, 1);
        TrainingSettings settings = settings(1, 0.5f, 2, 7).withBalance(of(method));
        Measured whole = new Measured();
        Measured parts = new Measured();
        Map<String, float[]> expected;
        List<Double> state;
        try (Trainer trainer = Trainer.start(
                device,
                TinyData.network(SIDE),
                settings,
                images,
                AugmentationSettings.standard(),
                Trainer.Options.in(folder.resolve("whole")))) {
            assertTrue(trainer.run(whole, () -> false));
            expected = weights(trainer.step());
            state = trainer.step().balance().state();
        }
        Trainer.Options options = Trainer.Options.in(folder.resolve("parts"));
        try (Trainer trainer = Trainer.start(
                device, TinyData.network(SIDE), settings, images, AugmentationSettings.standard(), options)) {
            assertFalse(trainer.run(parts, () -> trainer.stepsDone() >= 3));
        }
        try (Trainer trainer = Trainer.resume(device, images, options)) {
            assertTrue(trainer.run(parts, () -> false));
            assertSame(expected, weights(trainer.step()));
            assertEquals(state, trainer.step().balance().state());
        }
        assertEquals(whole.tasks, parts.tasks);
        assertEquals(
                (6 + settings.balance().measureEvery() - 1) / settings.balance().measureEvery(), whole.tasks.size());
        if (method == Method.GRADNORM || method == Method.UNCERTAINTY) {
            assertTrue(whole.tasks.get(1).segmentationWeight() != 0.5, whole.tasks.toString());
        }
    }

    @Test
    void methodsForTwoTasksNeedTwo() throws IOException {
        ImageCache images = TinyData.write(folder, 2, SIDE, SIDE, TinyData.Annotations.BOTH, 8);
        Network boxes = new Network(TinyData.network(SIDE).withClasses(TinyData.CLASSES, List.of()));
        BatchShape shape = BatchShape.of(images, 4);
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> new TrainingStep(
                                device, boxes, settings(1, 1, 1, 7).withBalance(BalanceSettings.pcGrad()), shape))
                .getMessage();
        assertEquals("balance by PCGRAD needs a network with boxes and masks; use fixed weights for one task", message);
        try (TrainingStep step =
                new TrainingStep(device, boxes, settings(1, 1, 1, 7).withBalance(of(Method.UNCERTAINTY)), shape)) {
            run(step, images, 1, 0.01);
            assertNull(step.tasks());
        }
    }
}
