package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tandem.engine.Device;
import tandem.engine.cpu.CpuDevice;
import tandem.engine.cuda.CudaDevice;
import tandem.engine.cuda.MockCuda;
import tandem.model.batch.BatchShape;
import tandem.model.batch.BatchStager;
import tandem.model.batch.SamplerState;
import tandem.model.checkpoint.CheckpointStore;
import tandem.model.data.ImageCache;
import tandem.model.distillation.Teachers;
import tandem.model.image.PixelSize;
import tandem.model.network.Network;
import tandem.model.settings.AugmentationSettings;
import tandem.model.settings.DistillationSettings;
import tandem.model.settings.FeatureLossType;
import tandem.model.settings.Sampling;
import tandem.model.settings.TeacherSettings;
import tandem.model.settings.TrainingSettings;

/** A step with teachers on the mock GPU, against the processor. */
class CudaDistillationTest {

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

    private static StepLosses losses(Device device, TrainingSettings settings, ImageCache images) throws IOException {
        Network network = new Network(TinyData.network(64));
        BatchShape shape = BatchShape.of(images, 2);
        Teachers teachers = Teachers.load(device, settings.distillation(), network.settings());
        try (TrainingStep step = new TrainingStep(device, network, settings, shape, teachers);
                BatchStager stager = BatchStager.training(
                        images,
                        shape,
                        1,
                        SamplerState.start(3),
                        Sampling.PROPORTIONAL,
                        AugmentationSettings.standard())) {
            step.run(stager, 0, PixelSize.square(64), 0.01);
            return step.losses();
        }
    }

    @Test
    void aStepWithTeachersIsThatOfTheProcessor() throws IOException {
        ImageCache images = TinyData.write(folder.resolve("data"), 4, 64, 64, TinyData.Annotations.ALTERNATING, 8);
        StepLosses expected;
        TrainingSettings settings;
        try (Device device = new CpuDevice()) {
            Trainer.Options options = Trainer.Options.in(folder.resolve("teacher"));
            try (Trainer trainer = Trainer.start(
                    device,
                    TinyData.network(64),
                    TinyData.training(2, 2),
                    images,
                    AugmentationSettings.none(),
                    options)) {
                trainer.run(TrainingObserver.NONE, () -> false);
            }
            TeacherSettings teacher = TeacherSettings.of(options.folder().resolve(CheckpointStore.CURRENT));
            settings = TinyData.training(1, 2)
                    .withDistillation(
                            DistillationSettings.outputs(teacher, teacher).withFeatures(FeatureLossType.MSE));
            expected = losses(device, settings, images);
        }
        try (CudaDevice device = CudaDevice.open(
                0,
                CudaDevice.Options.standard()
                        .withTensorFloat32(false)
                        .withWorkspaceLimit(1 << 20)
                        .withStagingSlots(4))) {
            StepLosses found = losses(device, settings, images);
            assertTrue(expected.distillation() > 0);
            assertEquals(expected.distillation(), found.distillation(), 1e-4 * expected.distillation());
            assertEquals(expected.total(), found.total(), 1e-4 * expected.total());
        }
    }
}
