package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.checkpoint.LossScaleState;
import tandem.model.data.ImageCache;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Precision;
import tandem.model.settings.Sampling;
import tandem.model.settings.TrainingSettings;

/** Training with activations and filters in 16 bits, against float32, on the processor and on the mock GPU. */
class MixedPrecisionTest {

    @TempDir
    Path folder;

    private ImageCache images;

    @BeforeEach
    void draw() {
        images = TinyData.write(folder.resolve("data"), 8, 128, 128, TinyData.Annotations.BOTH, 8);
    }

    /** Losses, gradient norm and gradient of the first step. */
    private record First(StepLosses losses, float norm, float[] gradient) {

        /** How far the gradient points elsewhere: 1 minus the cosine. */
        double turn(First other) {
            double product = 0;
            double own = 0;
            double others = 0;
            for (int i = 0; i < gradient.length; i++) {
                product += (double) gradient[i] * other.gradient[i];
                own += (double) gradient[i] * gradient[i];
                others += (double) other.gradient[i] * other.gradient[i];
            }
            return 1 - product / Math.sqrt(own * others);
        }
    }

    private First first(Device device, Precision precision) {
        BatchShape shape = BatchShape.of(images, 8);
        try (TrainingStep step = new TrainingStep(
                        device,
                        new Network(TinyData.network(128)),
                        TinyData.training(1, 8).withPrecision(precision),
                        shape);
                BatchStager stager = BatchStager.training(
                        images, shape, 1, SamplerState.start(3), Sampling.PROPORTIONAL, AugmentationSettings.none())) {
            step.run(stager, 0, PixelSize.square(128), 0.01);
            List<Float> gradient = new ArrayList<>();
            for (Variables.Variable variable : step.variables().parameters()) {
                for (float value : read(device, step, variable)) {
                    gradient.add(value);
                }
            }
            float[] values = new float[gradient.size()];
            for (int i = 0; i < values.length; i++) {
                values[i] = gradient.get(i);
            }
            return new First(step.losses(), step.gradientNorm(), values);
        }
    }

    private static float[] read(Device device, TrainingStep step, Variables.Variable variable) {
        java.nio.ByteBuffer bytes = java.nio.ByteBuffer.allocateDirect(
                        Math.toIntExact(variable.tensor().bytes()))
                .order(java.nio.ByteOrder.nativeOrder());
        device.download(step.gradients().of(variable.tensor()), bytes);
        float[] values = new float[Math.toIntExact(variable.tensor().elements())];
        bytes.asFloatBuffer().get(values);
        return values;
    }

    private static double distance(float expected, float found) {
        return Math.abs(expected - found) / Math.abs(expected);
    }

    /**
     * Losses are means over many pixels and anchors, so they keep more digits than one activation. Gradients go through
     * maps of a few pixels, normalized, which multiply roundings by some hundreds: 8 times as large roundings, so much
     * larger errors.
     */
    @Test
    void firstStepIsThatOfFloat32WithinTheRounding() {
        MockCuda.start();
        try (Device cpu = new CpuDevice();
                CudaDevice gpu = CudaDevice.open(
                        0,
                        CudaDevice.Options.standard().withTensorFloat32(false).withWorkspaceLimit(1 << 20))) {
            First plain = first(cpu, Precision.FLOAT32);
            for (Precision precision : List.of(Precision.BFLOAT16, Precision.FLOAT16)) {
                boolean coarse = precision == Precision.BFLOAT16;
                double unit = coarse ? 0x1p-8 : 0x1p-11;
                for (Device device : List.of(cpu, gpu)) {
                    First found = first(device, precision);
                    String what =
                            precision + " on " + device.description() + ": " + found.losses() + ", " + plain.losses();
                    assertTrue(
                            distance(plain.losses().location(), found.losses().location()) <= unit, what);
                    assertTrue(
                            distance(plain.losses().confidence(), found.losses().confidence()) <= unit, what);
                    assertTrue(
                            distance(
                                            plain.losses().segmentation(),
                                            found.losses().segmentation())
                                    <= unit,
                            what);
                    assertTrue(
                            plain.turn(found) <= (coarse ? 0.4 : 0.03),
                            precision + ": gradient turned by " + plain.turn(found));
                    assertEquals(plain.norm(), found.norm(), (coarse ? 0.2 : 0.05) * plain.norm());
                }
            }
        } finally {
            assertEquals("", MockCuda.census());
            assertEquals("", MockCuda.complaints());
            MockCuda.stop();
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

    @ParameterizedTest
    @EnumSource(names = {"BFLOAT16", "FLOAT16"})
    void resumedRunEqualsOneThatNeverStoppedBitForBit(Precision precision) throws IOException {
        TrainingSettings settings = TinyData.training(2, 2).withPrecision(precision);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1))) {
            List<float[]> expected;
            LossScaleState scale;
            try (Trainer trainer = Trainer.start(
                    device,
                    TinyData.network(64),
                    settings,
                    images,
                    AugmentationSettings.standard(),
                    Trainer.Options.in(folder.resolve("whole")))) {
                // A factor that is too large: the first steps are skipped, and that too has to survive.
                trainer.step()
                        .lossScale()
                        .ifPresent(state -> trainer.step().lossScale(new LossScaleState(0x1p24, 0, 0)));
                assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
                expected = everything(trainer.step());
                scale = trainer.step().lossScale().orElse(null);
            }
            Trainer.Options options = Trainer.Options.in(folder.resolve("parts"));
            try (Trainer trainer = Trainer.start(
                    device, TinyData.network(64), settings, images, AugmentationSettings.standard(), options)) {
                trainer.step()
                        .lossScale()
                        .ifPresent(state -> trainer.step().lossScale(new LossScaleState(0x1p24, 0, 0)));
                assertFalse(trainer.run(TrainingObserver.NONE, () -> trainer.stepsDone() >= 3));
            }
            try (Trainer trainer = Trainer.resume(device, images, options)) {
                assertEquals(precision, trainer.step().settings().precision());
                assertTrue(trainer.run(TrainingObserver.NONE, () -> false));
                assertEquals(scale, trainer.step().lossScale().orElse(null));
                List<float[]> found = everything(trainer.step());
                for (int i = 0; i < expected.size(); i++) {
                    assertArrayEquals(expected.get(i), found.get(i), 0f);
                }
            }
        }
    }

    @Test
    void gradientThatOverflowsIsSkippedAndTheScaleHalved() {
        BatchShape shape = BatchShape.of(images, 4);
        try (Device device = new CpuDevice();
                TrainingStep step = new TrainingStep(
                        device,
                        new Network(TinyData.network(64)),
                        TinyData.training(1, 4).withPrecision(Precision.FLOAT16),
                        shape);
                BatchStager stager = BatchStager.training(
                        images, shape, 1, SamplerState.start(3), Sampling.PROPORTIONAL, AugmentationSettings.none())) {
            step.lossScale(new LossScaleState(0x1p24, 7, 2));
            List<float[]> before = parameters(step);
            step.run(stager, 10, PixelSize.square(64), 0.01);
            assertTrue(step.skipped());
            assertEquals(0, step.gradientNorm());
            assertEquals(new LossScaleState(0x1p23, 0, 3), step.lossScale().orElseThrow());
            List<float[]> after = parameters(step);
            for (int i = 0; i < before.size(); i++) {
                assertArrayEquals(before.get(i), after.get(i), 0f);
            }
            int tries = 0;
            while (step.skipped() && tries++ < 24) {
                step.run(stager, 10 + tries, PixelSize.square(64), 0.01);
            }
            assertFalse(step.skipped());
            assertEquals(3 + tries - 1, step.skippedSteps());
            assertEquals(
                    Math.scalb(1, 23 - tries + 1),
                    step.lossScale().orElseThrow().scale());
            assertTrue(
                    step.gradientNorm() > 0.1 && step.gradientNorm() < 100,
                    "gradients are brought back: " + step.gradientNorm());
        }
    }

    private static List<float[]> parameters(TrainingStep step) {
        return step.variables().parameters().stream()
                .map(variable -> step.weights().read(variable.tensor()))
                .toList();
    }

    @Test
    void scaleDoublesAfterManyGoodStepsAndStopsAtItsEnds() {
        LossScaleState state = LossScaleState.FIRST;
        for (int i = 0; i < 1999; i++) {
            state = state.afterGood();
        }
        assertEquals(new LossScaleState(65_536, 1999, 0), state);
        assertEquals(new LossScaleState(131_072, 0, 0), state.afterGood());
        assertEquals(0x1p24, new LossScaleState(0x1p24, 5000, 0).afterGood().scale());
        assertEquals(new LossScaleState(32_768, 0, 1), state.afterSkipped());
        assertTrue(new LossScaleState(2, 0, 0).canShrink());
        assertFalse(new LossScaleState(1, 0, 0).canShrink());
    }

    @Test
    void activationThatOverflowsIsAnErrorThatNamesTheWayOut() {
        BatchShape shape = BatchShape.of(images, 4);
        try (Device device = new CpuDevice();
                TrainingStep step = new TrainingStep(
                        device,
                        new Network(TinyData.network(64)),
                        TinyData.training(1, 4).withPrecision(Precision.FLOAT16),
                        shape);
                BatchStager stager = BatchStager.training(
                        images, shape, 1, SamplerState.start(3), Sampling.PROPORTIONAL, AugmentationSettings.none())) {
            Variables.Variable filter = step.variables().all().stream()
                    .filter(one -> one.tensor().name().equals("segmentation.out.weight"))
                    .findFirst()
                    .orElseThrow();
            float[] values = step.weights().read(filter.tensor());
            java.util.Arrays.fill(values, 1e5f);
            step.weights().write(filter.tensor(), java.nio.FloatBuffer.wrap(values));
            String message = assertThrows(
                            NonFiniteException.class, () -> step.run(stager, 0, PixelSize.square(64), 0.01))
                    .getMessage();
            for (String part : List.of("step 0", "the loss is", "float16 ends at 65504", "bfloat16")) {
                assertTrue(message.contains(part), message);
            }
        }
    }

    /** Activations are most of a step's memory, and all of them but the losses' own halve. */
    @Test
    void memoryOfActivationsIsNearlyHalved() {
        try (Device device = new CpuDevice()) {
            Network network =
                    new Network(tandem.model.network.NetworkSettings.standard(List.of("a", "b"), List.of("c"), 128));
            BatchShape shape = new BatchShape(4, 128 * 128, 10);
            TrainingSettings settings = TinyData.training(1, 4);
            TrainingMemory plain = TrainingMemory.of(device, network, settings, shape);
            TrainingMemory halved =
                    TrainingMemory.of(device, network, settings.withPrecision(Precision.BFLOAT16), shape);
            double ratio = (double) halved.activations() / plain.activations();
            assertTrue(ratio > 0.48 && ratio < 0.56, "activations take " + ratio + " of those of float32");
            assertEquals(plain.weights() / 2, halved.rounded(), 256);
            assertEquals(plain.gradients(), halved.gradients());
        }
    }

    /** A trained network finds the same in 16 bits: the same boxes, and all but a few pixels at the edges of masks. */
    @Test
    void inferenceIsThatOfFloat32WithinTheRounding() throws IOException {
        Path checkpoint = folder.resolve("run").resolve(tandem.model.checkpoint.CheckpointStore.CURRENT);
        MockCuda.start();
        try (Device cpu = new CpuDevice();
                CudaDevice gpu = CudaDevice.open(
                        0,
                        CudaDevice.Options.standard().withTensorFloat32(false).withWorkspaceLimit(1 << 20))) {
            try (Trainer trainer = Trainer.start(
                    cpu,
                    TinyData.network(64),
                    TinyData.training(20, 8),
                    images,
                    AugmentationSettings.none(),
                    Trainer.Options.in(folder.resolve("run")))) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            java.awt.image.BufferedImage picture = javax.imageio.ImageIO.read(
                    images.data().samples().get(0).image().toFile());
            tandem.model.detection.NonMaximumSuppression.Settings loose =
                    new tandem.model.detection.NonMaximumSuppression.Settings(0.002f, 0.5f, 200, 5, false);
            tandem.model.inference.Inspection plain;
            try (tandem.model.Inspector inspector = tandem.model.Inspector.load(checkpoint, cpu, loose)) {
                plain = inspector.inspect(picture);
            }
            assertTrue(plain.boxes() > 0);
            for (Precision precision : List.of(Precision.BFLOAT16, Precision.FLOAT16)) {
                double unit = precision == Precision.BFLOAT16 ? 0x1p-8 : 0x1p-11;
                for (Device device : List.of(cpu, gpu)) {
                    try (tandem.model.Inspector inspector =
                            tandem.model.Inspector.load(checkpoint, device, loose, precision.storage())) {
                        tandem.model.inference.Inspection found = inspector.inspect(picture);
                        assertEquals(
                                plain.score(0),
                                found.score(0),
                                16 * unit * plain.score(0),
                                precision + " on " + device.description());
                        int differing = 0;
                        for (int i = 0; i < plain.maskBytes().length; i++) {
                            differing += plain.maskBytes()[i] == found.maskBytes()[i] ? 0 : 1;
                        }
                        assertTrue(
                                differing <= 16 * unit * plain.maskBytes().length,
                                differing + " pixels of the mask differ in " + precision);
                    }
                }
            }
        } finally {
            assertEquals("", MockCuda.census());
            assertEquals("", MockCuda.complaints());
            MockCuda.stop();
        }
    }
}
