package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.model.Inspector;
import tandem.model.augment.AugmentationSettings;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.data.ImageCache;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.inference.Inspection;
import tandem.model.network.Network;
import tandem.model.weights.CheckpointStore;

/** The whole training step and the whole inference on the mock GPU, against the processor. */
class CudaTrainingTest {

    private static final int STEPS = 2;
    private static final NonMaximumSuppression.Settings LOOSE = new NonMaximumSuppression.Settings(0.002f, 0.5f, 200, 20, false);

    @TempDir
    Path folder;

    @BeforeEach
    void plugIn() {
        MockCuda.start();
    }

    @AfterEach
    void nothingIsLeft() {
        assertEquals("", MockCuda.census());
        assertEquals("", MockCuda.complaints());
        MockCuda.stop();
    }

    private static CudaDevice cuda() {
        return CudaDevice.open(0, CudaDevice.Options.standard().withWorkspaceLimit(1 << 20).withStagingSlots(4));
    }

    private record Course(List<TrainingObserver.Losses> losses, List<Float> norms, List<float[]> weights, List<float[]> averages) {}

    private Course train(Device device, ImageCache images, int steps) {
        BatchShape shape = BatchShape.of(images, 4);
        Course course = new Course(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
        try (TrainingStep step = new TrainingStep(device, new Network(TinyData.network(128)), TinyData.training(1, 4), shape);
                BatchStager stager = BatchStager.training(images, shape, 1, SamplerState.start(3), AugmentationSettings.standard())) {
            for (int i = 0; i < steps; i++) {
                step.run(stager, i, 128, 0.01);
                course.losses.add(step.losses());
                course.norms.add(step.gradientNorm());
                for (Variables.Variable variable : step.variables().all()) {
                    course.weights.add(step.weights().read(variable.tensor()));
                    course.averages.add(step.average().read(variable.tensor()));
                }
            }
        }
        return course;
    }

    /** Of the first step alone: the deepest maps have 64 pixels a channel, and normalising those makes much of any rounding. */
    private static void assertClose(List<float[]> expected, List<float[]> found) {
        for (int i = 0; i < expected.size() / STEPS; i++) {
            float largest = 1e-3f;
            for (float value : expected.get(i)) {
                largest = Math.max(largest, Math.abs(value));
            }
            assertArrayEquals(expected.get(i), found.get(i), 1e-4f * largest, "variable " + i);
        }
    }

    @Test
    void trainingIsThatOfTheProcessor() {
        ImageCache images = TinyData.write(folder, 8, 128, 128, TinyData.Carries.ALTERNATING, 8);
        Course expected;
        try (Device device = new CpuDevice()) {
            expected = train(device, images, STEPS);
        }
        Course found;
        try (CudaDevice device = cuda()) {
            found = train(device, images, STEPS);
            assertTrue(MockCuda.calls("cudnnConvolutionBackwardFilter") > 0 && MockCuda.calls("cuGraphLaunch") >= STEPS);
            assertTrue(device.census().keySet().stream().noneMatch(purpose -> purpose.equals("activations")), device.census().toString());
        }
        for (int i = 0; i < STEPS; i++) {
            assertEquals(expected.losses.get(i).total(), found.losses.get(i).total(), 1e-3 * expected.losses.get(i).total(), "loss " + i);
        }
        // A change of the weights by a millionth changes this norm by a thousandth.
        assertEquals(expected.norms.get(0), found.norms.get(0), 1e-2 * expected.norms.get(0));
        assertClose(expected.weights, found.weights);
        assertClose(expected.averages, found.averages);
        try (CudaDevice device = cuda()) {
            Course again = train(device, images, STEPS);
            assertEquals(found.losses, again.losses);
            assertEquals(found.norms, again.norms);
            for (int i = 0; i < found.weights.size(); i++) {
                assertArrayEquals(found.weights.get(i), again.weights.get(i), "two runs differ in variable " + i);
            }
        }
    }

    @Test
    void inferenceIsThatOfTheProcessor() throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 6, 70, 50, TinyData.Carries.BOTH, 12);
        Path checkpoint = folder.resolve("run").resolve(CheckpointStore.CURRENT);
        try (Device device = new CpuDevice()) {
            try (Trainer trainer = Trainer.start(device, TinyData.network(64), TinyData.training(6, 3), images, AugmentationSettings.none(),
                    Trainer.Options.in(folder.resolve("run")))) {
                trainer.run(new TrainingObserver() {}, () -> false);
            }
            try (CudaDevice gpu = cuda(); Inspector onGpu = Inspector.load(checkpoint, gpu, LOOSE);
                    Inspector onCpu = Inspector.load(checkpoint, device, LOOSE)) {
                for (int i = 0; i < 3; i++) {
                    var picture = ImageIO.read(images.data().samples().get(i).image().toFile());
                    assertSame(onCpu.inspect(picture), onGpu.inspect(picture));
                }
                long allocations = MockCuda.calls("cuMemAlloc_v2") + MockCuda.calls("cuMemHostAlloc") + MockCuda.calls("cuModuleLoadDataEx");
                onGpu.inspect(ImageIO.read(images.data().samples().get(0).image().toFile()));
                assertEquals(allocations, MockCuda.calls("cuMemAlloc_v2") + MockCuda.calls("cuMemHostAlloc") + MockCuda.calls("cuModuleLoadDataEx"));
            }
        }
    }

    private static void assertSame(Inspection expected, Inspection found) {
        assertTrue(expected.boxes() > 0);
        assertEquals(expected.boxes(), found.boxes());
        for (int i = 0; i < expected.boxes(); i++) {
            assertEquals(expected.className(i), found.className(i));
            assertEquals(expected.score(i), found.score(i), 1e-4);
            assertEquals(expected.left(i), found.left(i), 1e-2);
            assertEquals(expected.bottom(i), found.bottom(i), 1e-2);
        }
        int differing = 0;
        for (int i = 0; i < expected.maskBytes().length; i++) {
            differing += expected.maskBytes()[i] == found.maskBytes()[i] ? 0 : 1;
        }
        assertTrue(differing <= 3, differing + " pixels of the mask differ");
    }
}
