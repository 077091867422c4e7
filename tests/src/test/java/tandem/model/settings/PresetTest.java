package tandem.model.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The values that presets had as positional calls; figures on record were made with these. */
class PresetTest {

    @Test
    void theStandardIsThePublishedRecipe() {
        assertEquals(
                new TrainingSettings(
                        new OptimizerSettings(OptimizerSettings.Type.SGD, 0.9f, 5e-4f, 10),
                        new ScheduleSettings(70, 0.01, 500),
                        new AverageSettings(0.9998f, 2000),
                        new BatchSettings(8, 1, List.of(), Sampling.PROPORTIONAL),
                        new LossSettings(
                                LossSettings.Matching.IOU,
                                LossSettings.ConfidenceLoss.FOCAL,
                                LossSettings.BoxLoss.BALANCED_L1,
                                1,
                                1),
                        Precision.FLOAT32,
                        new DistillationSettings(null, null, true, FeatureLossType.NONE, List.of(), false, 0),
                        new WeakSettings(
                                new GrabCutMaskSettings(
                                        0,
                                        5,
                                        0,
                                        0.1f,
                                        0.95f,
                                        GrabCutMaskSettings.Failure.IGNORE,
                                        GrabCutMaskSettings.Inside.GRAB_CUT),
                                new RegionBoxSettings(0, 80f / (320 * 320), 1, 0.5f, 0.6f, 0.3f, 0.6f, 64),
                                new PseudoLabelSettings(
                                        0,
                                        List.of(),
                                        new Confidence(0.5f, Map.of(), 0),
                                        new Confidence(0.9f, Map.of(), 0),
                                        PseudoLabelSettings.EmptyImages.LEFT_OUT,
                                        64),
                                0.1f),
                        new BalanceSettings(BalanceSettings.Method.FIXED, 0, 0, 0),
                        new FreezeSettings(0),
                        0),
                TrainingSettings.standard());
    }

    @Test
    void theQuickPresetIsThatOfDemoAndStudy() {
        TrainingSettings quick = TrainingSettings.quick();
        assertEquals(new OptimizerSettings(OptimizerSettings.Type.ADAMW, 0.9f, 1e-3f, 10), quick.optimizer());
        assertEquals(new ScheduleSettings(70, 6e-4, 50), quick.schedule());
        assertEquals(new AverageSettings(0.99f, 200), quick.average());
        assertEquals(new BatchSettings(8, 1, List.of(), Sampling.PROPORTIONAL), quick.batches());
        assertEquals(
                new LossSettings(
                        LossSettings.Matching.IOU,
                        LossSettings.ConfidenceLoss.FOCAL,
                        LossSettings.BoxLoss.BALANCED_L1,
                        1,
                        3),
                quick.losses());
        TrainingSettings standard = TrainingSettings.standard();
        assertEquals(
                standard,
                quick.withOptimizer(standard.optimizer())
                        .withSchedule(standard.schedule())
                        .withAverage(standard.average())
                        .withLosses(standard.losses()));
    }

    @Test
    void augmentationHasThePublishedAndTheMildValues() {
        assertEquals(
                new AugmentationSettings(0.5, 32, 0.5, 36, 0.5, 0.75, 0.25, 1.75, 0.5),
                AugmentationSettings.standard());
        assertEquals(new AugmentationSettings(0.3, 16, 0.2, 10, 0.2, 0.5, 0.6, 1.2, 0.5), AugmentationSettings.mild());
    }

    @Test
    void aMissingPartIsNamed() {
        assertEquals(
                "weak must be given",
                assertThrows(
                                IllegalArgumentException.class,
                                () -> TrainingSettings.standard().withWeak(null))
                        .getMessage());
    }
}
