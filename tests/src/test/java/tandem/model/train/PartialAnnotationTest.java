package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tandem.engine.Device;
import tandem.engine.Tensor;
import tandem.engine.cpu.CpuDevice;
import tandem.model.settings.AverageSettings;
import tandem.model.settings.LossSettings;
import tandem.model.settings.TrainingSettings;

/** One batch of images with boxes, a mask, both and neither: what an image is not annotated with teaches nothing. */
class PartialAnnotationTest {

    private static final int IMAGES = 4;

    private static TrainingSettings training(
            LossSettings.Matching matching, LossSettings.ConfidenceLoss confidence, LossSettings.BoxLoss box) {
        TrainingSettings s = TinyData.training(1, IMAGES);
        return s.withOptimizer(s.optimizer()
                        .with(change -> change.momentum(0).weightDecay(0).gradientClip(0)))
                .withSchedule(s.schedule()
                        .with(change -> change.epochs(1).learningRate(1).warmupSteps(0)))
                .withAverage(AverageSettings.of(0, 1))
                .withBatches(s.batches()
                        .with(change -> change.size(IMAGES).microBatches(1).inputSizes(List.of())))
                .withLosses(s.losses()
                        .with(change -> change.matching(matching)
                                .confidence(confidence)
                                .box(box)
                                .detectionWeight(1)
                                .segmentationWeight(1)))
                .withSeed(3);
    }

    private static float[] slice(float[] values, int image) {
        int each = values.length / IMAGES;
        return java.util.Arrays.copyOfRange(values, image * each, (image + 1) * each);
    }

    private static boolean zero(float[] values) {
        for (float value : values) {
            if (value != 0) {
                return false;
            }
        }
        return true;
    }

    @ParameterizedTest
    @CsvSource({
        "IOU, FOCAL, BALANCED_L1",
        "MUTUAL_GUIDE, QUALITY, GIOU",
        "IOU, QUALITY, GIOU",
        "MUTUAL_GUIDE, FOCAL, BALANCED_L1"
    })
    void anImageOfWeightZeroHasNoGradientOfThatTask(
            LossSettings.Matching matching, LossSettings.ConfidenceLoss confidence, LossSettings.BoxLoss box) {
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                ObjectiveFixture fixture = new ObjectiveFixture(
                        device,
                        TinyData.network(64),
                        training(matching, confidence, box),
                        IMAGES,
                        64,
                        self -> List.of(
                                self.outputs.location(), self.outputs.confidence(), self.outputs.segmentation()))) {
            fixture.boxes();
            fixture.masks(7);
            // boxes, mask, both, neither
            fixture.floats(fixture.batch.weights(), 1, 0, 0, 1, 1, 1, 0, 0);
            fixture.loss();
            boolean[][] taught = {{true, false, true, false}, {true, false, true, false}, {false, true, true, false}};
            List<Tensor> outputs =
                    List.of(fixture.outputs.location(), fixture.outputs.confidence(), fixture.outputs.segmentation());
            for (int output = 0; output < 3; output++) {
                float[] gradient = fixture.read(fixture.gradients.get(outputs.get(output)));
                for (int image = 0; image < IMAGES; image++) {
                    assertEquals(
                            taught[output][image],
                            !zero(slice(gradient, image)),
                            outputs.get(output) + " of image " + image);
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"IOU", "MUTUAL_GUIDE"})
    void whatIsStoredForAnUnannotatedImageDoesNotMatter(LossSettings.Matching matching) {
        TrainingSettings settings =
                training(matching, LossSettings.ConfidenceLoss.FOCAL, LossSettings.BoxLoss.BALANCED_L1);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                ObjectiveFixture fixture = new ObjectiveFixture(
                        device,
                        TinyData.network(64),
                        settings,
                        IMAGES,
                        64,
                        self -> new tandem.model.network.Network(TinyData.network(64)).trained(self.variables))) {
            fixture.boxes();
            fixture.masks(7);
            fixture.floats(fixture.batch.weights(), 1, 0, 0, 1, 1, 1, 0, 0);
            fixture.loss();
            float[] losses = {
                fixture.read(fixture.objective.location())[0],
                fixture.read(fixture.objective.confidence())[0],
                fixture.read(fixture.objective.segmentation())[0]
            };
            Tensor stem = fixture.variables.parameters().get(0).tensor();
            float[] gradient = fixture.read(fixture.gradients.get(stem));
            assertFalse(zero(gradient));

            // Other boxes for image 1 and none at all for image 3, which do not count; other masks for images 0 and 3.
            fixture.boxes();
            fixture.moveBoxes(1);
            fixture.integers(
                    fixture.batch.counts(), ObjectiveFixture.BOXES, ObjectiveFixture.BOXES, ObjectiveFixture.BOXES, 0);
            fixture.masks(7, 11, 0, 3);
            fixture.loss();
            assertEquals(losses[0], fixture.read(fixture.objective.location())[0]);
            assertEquals(losses[1], fixture.read(fixture.objective.confidence())[0]);
            assertEquals(losses[2], fixture.read(fixture.objective.segmentation())[0]);
            assertArrayEquals(gradient, fixture.read(fixture.gradients.get(stem)), 0f);
        }
    }

    @org.junit.jupiter.api.Test
    void aBatchWithoutAnyAnnotationHasNoLossAndNoGradient() {
        TrainingSettings settings = training(
                LossSettings.Matching.IOU, LossSettings.ConfidenceLoss.FOCAL, LossSettings.BoxLoss.BALANCED_L1);
        try (Device device = new CpuDevice(CpuDevice.Options.standard().withThreads(1));
                ObjectiveFixture fixture = new ObjectiveFixture(
                        device,
                        TinyData.network(64),
                        settings,
                        IMAGES,
                        64,
                        self -> new tandem.model.network.Network(TinyData.network(64)).trained(self.variables))) {
            fixture.boxes();
            fixture.masks(7);
            fixture.floats(fixture.batch.weights(), new float[2 * IMAGES]);
            assertEquals(0, fixture.loss());
            for (Tensor gradient : fixture.gradients.values()) {
                assertTrue(zero(fixture.read(gradient)), gradient.toString());
            }
            // Boxes annotated, but none there: only the background of the class scores is learnt.
            fixture.integers(fixture.batch.counts(), new int[IMAGES]);
            fixture.floats(fixture.batch.weights(), 1, 0, 1, 0, 1, 0, 1, 0);
            assertTrue(fixture.loss() > 0);
            assertEquals(0, fixture.read(fixture.objective.location())[0]);
            assertTrue(Float.isFinite(fixture.read(fixture.objective.confidence())[0]));
        }
    }
}
