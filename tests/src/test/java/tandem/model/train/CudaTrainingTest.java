package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tandem.engine.Device;
import tandem.engine.Tensor;
import tandem.engine.Variables;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.model.Inspector;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.detection.NonMaximumSuppression;
import tandem.model.image.PixelSize;
import tandem.model.inference.Inspection;
import tandem.model.network.Initialization;
import tandem.model.network.Network;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.Sampling;

/** The whole training step and the whole inference on the mock GPU, against the processor. */
class CudaTrainingTest {

    private static final int STEPS = 2;
    private static final NonMaximumSuppression.Settings LOOSE =
            new NonMaximumSuppression.Settings(0.002f, 0.5f, 200, 20, false);

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

    private static CudaDevice cuda(boolean graphApi) {
        return CudaDevice.open(
                0,
                CudaDevice.Options.standard()
                        .withTensorFloat32(false)
                        .withGraphApi(graphApi)
                        .withWorkspaceLimit(1 << 20)
                        .withStagingSlots(4));
    }

    /**
     * What a run did: losses and norms of each step, and the variables before, after the first step and after the last.
     */
    private record Course(List<StepLosses> losses, List<Float> norms, Map<Tensor, List<float[]>> variables) {
        void note(TrainingStep step) {
            for (Variables.Variable variable : step.variables().all()) {
                variables
                        .computeIfAbsent(variable.tensor(), key -> new ArrayList<>())
                        .add(step.weights().read(variable.tensor()));
            }
        }
    }

    private Course train(Device device, Network network, ImageCache images) {
        BatchShape shape = BatchShape.of(images, 4);
        Course course = new Course(new ArrayList<>(), new ArrayList<>(), new LinkedHashMap<>());
        try (TrainingStep step = new TrainingStep(device, network, TinyData.training(1, 4), shape);
                BatchStager stager = BatchStager.training(
                        images,
                        shape,
                        1,
                        SamplerState.start(3),
                        Sampling.PROPORTIONAL,
                        AugmentationSettings.standard())) {
            course.note(step);
            for (int i = 0; i < STEPS; i++) {
                step.run(stager, i, PixelSize.square(128), 0.01);
                course.losses.add(step.losses());
                course.norms.add(step.gradientNorm());
                course.note(step);
            }
        }
        return course;
    }

    /**
     * With the published initial weights: from Kaiming's, rounding grows so much in the first step that one and two
     * threads of the processor differ by 7e-4 in the second loss and by 4 % in the second gradient norm.
     */
    private static Network network() {
        return new Network(TinyData.network(128).with(change -> change.initialization(Initialization.PUBLISHED)));
    }

    private static double largest(float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** How far the first update of a variable is from the expected one, relative to its length. */
    private static double distance(List<float[]> expected, List<float[]> found) {
        double difference = 0;
        double length = 0;
        for (int i = 0; i < expected.get(0).length; i++) {
            double update = (double) expected.get(1)[i] - expected.get(0)[i];
            double other = (double) found.get(1)[i] - found.get(0)[i];
            difference += (update - other) * (update - other);
            length += update * update;
        }
        return length == 0 ? difference : Math.sqrt(difference / length);
    }

    /** With plans of cuDNN's graph API, and with its older calls. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void trainingIsThatOfTheProcessor(boolean graphApi) {
        ImageCache images = TinyData.write(folder, 8, 128, 128, TinyData.Annotations.ALTERNATING, 8);
        Course expected;
        try (Device device = new CpuDevice()) {
            expected = train(device, network(), images);
        }
        Course found;
        try (CudaDevice device = cuda(graphApi)) {
            found = train(device, network(), images);
            assertTrue(MockCuda.calls(graphApi ? "cudnnBackendExecute" : "cudnnConvolutionBackwardFilter") > 0
                    && MockCuda.calls("cuGraphLaunch") >= STEPS);
            assertTrue(
                    device.census().keySet().stream().noneMatch(purpose -> purpose.equals("activations")),
                    device.census().toString());
        }
        assertEquals(
                expected.losses.get(0).total(),
                found.losses.get(0).total(),
                1e-5 * expected.losses.get(0).total());
        assertEquals(
                expected.losses.get(1).total(),
                found.losses.get(1).total(),
                1e-3 * expected.losses.get(1).total());
        assertEquals(expected.norms.get(0), found.norms.get(0), 1e-2 * expected.norms.get(0));
        Iterator<List<float[]>> others = found.variables.values().iterator();
        expected.variables.forEach((variable, values) -> {
            List<float[]> other = others.next();
            if (variable.role() == Tensor.Role.STATE) {
                assertArrayEquals(
                        values.get(1), other.get(1), (float) (1e-3 * largest(values.get(1))), variable.name());
            } else {
                // Maps of a few pixels, normalized, multiply rounding: 1 and 2 threads of the processor differ by 7 %
                // in the encoder.
                // In the heads it is the updates that are small against the last digit of the weights.
                double allowed = variable.name().startsWith("detection.") ? 1e-2 : 0.15;
                double distance = distance(values, other);
                assertTrue(distance <= allowed, variable.name() + " is updated otherwise, by " + distance);
            }
        });
        try (CudaDevice device = cuda(graphApi)) {
            Course again = train(device, network(), images);
            assertEquals(found.losses, again.losses);
            assertEquals(found.norms, again.norms);
            Iterator<List<float[]>> repeated = again.variables.values().iterator();
            found.variables.forEach((variable, values) -> assertArrayEquals(
                    values.get(STEPS), repeated.next().get(STEPS), "two runs differ in " + variable.name()));
        }
    }

    /** With plans of cuDNN's graph API, and with its older calls. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void inferenceIsThatOfTheProcessor(boolean graphApi) throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 6, 70, 50, TinyData.Annotations.BOTH, 12);
        Path checkpoint = folder.resolve("run").resolve(CheckpointStore.CURRENT);
        try (Device device = new CpuDevice()) {
            try (Trainer trainer = Trainer.start(
                    device,
                    TinyData.network(64),
                    TinyData.training(6, 3),
                    images,
                    AugmentationSettings.none(),
                    Trainer.Options.in(folder.resolve("run")))) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            try (CudaDevice gpu = cuda(graphApi);
                    Inspector onGpu = Inspector.load(checkpoint, gpu, LOOSE);
                    Inspector onCpu = Inspector.load(checkpoint, device, LOOSE)) {
                for (int i = 0; i < 3; i++) {
                    var image =
                            ImageIO.read(images.data().samples().get(i).image().toFile());
                    assertSame(onCpu.inspect(image), onGpu.inspect(image));
                }
                long allocations = MockCuda.calls("cuMemAlloc_v2")
                        + MockCuda.calls("cuMemHostAlloc")
                        + MockCuda.calls("cuModuleLoadDataEx");
                onGpu.inspect(
                        ImageIO.read(images.data().samples().get(0).image().toFile()));
                assertEquals(
                        allocations,
                        MockCuda.calls("cuMemAlloc_v2")
                                + MockCuda.calls("cuMemHostAlloc")
                                + MockCuda.calls("cuModuleLoadDataEx"));
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
