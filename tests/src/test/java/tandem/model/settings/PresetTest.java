package tandem.model.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.model.declaration.SettingsRecord;
import tandem.model.network.NetworkSettings;

/**
 * The values of presets, of which figures on record were made. A component that is not named here may be added; one
 * that is must keep its name and its value.
 */
class PresetTest {

    private static final String STANDARD = """
            optimizer.type sgd
            optimizer.momentum 0.9
            optimizer.weightDecay 0.0005
            optimizer.gradientClip 10
            schedule.epochs 70
            schedule.learningRate 0.01
            schedule.warmupSteps 500
            average.decay 0.9998
            average.ramp 2000
            batches.size 8
            batches.microBatches 1
            batches.inputSizes none
            batches.sampling proportional
            losses.matching iou
            losses.confidence focal
            losses.box balanced_l1
            losses.detectionWeight 1
            losses.segmentationWeight 1
            precision float32
            distillation.detection none
            distillation.segmentation none
            distillation.supervised true
            distillation.features none
            distillation.levels none
            distillation.automaticLevels false
            distillation.similarityEvery 0
            weak.boxForMask.weight 0
            weak.boxForMask.iterations 5
            weak.boxForMask.border 0
            weak.boxForMask.minShare 0.1
            weak.boxForMask.maxShare 0.95
            weak.boxForMask.failure ignore
            weak.boxForMask.inside grab_cut
            weak.maskForBox.weight 0
            weak.maskForBox.minArea 0.00078125
            weak.maskForBox.firstRefinedEpoch 1
            weak.maskForBox.minScore 0.5
            weak.maskForBox.minInsideShare 0.6
            weak.maskForBox.maxOverlap 0.3
            weak.maskForBox.minCoveredShare 0.6
            weak.maskForBox.maxBoxes 64
            weak.pseudoLabels.weight 0
            weak.pseudoLabels.teachers none
            weak.pseudoLabels.boxes.min 0.5
            weak.pseudoLabels.boxes.classes none
            weak.pseudoLabels.boxes.quantile 0
            weak.pseudoLabels.masks.min 0.9
            weak.pseudoLabels.masks.classes none
            weak.pseudoLabels.masks.quantile 0
            weak.pseudoLabels.empty left_out
            weak.pseudoLabels.maxBoxes 64
            weak.rampShare 0.1
            balance.method fixed
            balance.measureEvery 0
            balance.learningRate 0
            balance.alpha 0
            freeze.stages 0
            seed 0
            """;

    /** Compares the components that {@code lines} names, a path and a value each. */
    private static void assertValues(String lines, Record settings) {
        Map<String, String> expected = new LinkedHashMap<>();
        lines.lines().map(line -> line.split(" ", 2)).forEach(words -> expected.put(words[0], words[1]));
        Map<String, String> named = new LinkedHashMap<>(SettingsRecord.table(settings));
        named.keySet().retainAll(expected.keySet());
        assertEquals(expected, named);
    }

    @Test
    void theStandardIsThePublishedRecipe() {
        assertValues(STANDARD, TrainingSettings.standard());
    }

    @Test
    void theQuickPresetDiffersInTheseValuesAndNoOther() {
        Map<String, String> standard = SettingsRecord.table(TrainingSettings.standard());
        Map<String, String> changed = new LinkedHashMap<>(SettingsRecord.table(TrainingSettings.quick()));
        changed.entrySet().removeIf(entry -> entry.getValue().equals(standard.get(entry.getKey())));
        assertEquals(
                Map.of(
                        "optimizer.type", "adamw",
                        "optimizer.weightDecay", "0.001",
                        "schedule.learningRate", "0.0006",
                        "schedule.warmupSteps", "50",
                        "average.decay", "0.99",
                        "average.ramp", "200",
                        "losses.segmentationWeight", "3"),
                changed);
    }

    @Test
    void augmentationHasThePublishedTheMildAndNoValues() {
        assertValues("""
                photometric 0.5
                brightness 32
                contrast 0.5
                hue 36
                saturation 0.5
                crop 0.75
                minWindow 0.25
                maxWindow 1.75
                flip 0.5
                """, AugmentationSettings.standard());
        assertValues("""
                photometric 0.3
                brightness 16
                contrast 0.2
                hue 10
                saturation 0.2
                crop 0.5
                minWindow 0.6
                maxWindow 1.2
                flip 0.5
                """, AugmentationSettings.mild());
        assertValues("""
                photometric 0
                brightness 0
                contrast 0
                hue 0
                saturation 0
                crop 0
                minWindow 1
                maxWindow 1
                flip 0
                """, AugmentationSettings.none());
    }

    @Test
    void networksHaveThePublishedAndTheSmallValues() {
        assertValues("""
                encoder resnet18
                encoderChannels 64
                stemPooling false
                neck fpn
                neckChannels 256
                segmentation light
                segmentationChannels 128
                boxClasses a, b
                maskClasses none
                anchorBase 24
                maxPixels 1048576
                """, NetworkSettings.standard(List.of("a", "b"), List.of(), 64));
        assertValues("""
                encoder resnet18
                encoderChannels 32
                stemPooling true
                neck fpn
                neckChannels 64
                segmentation light
                segmentationChannels 64
                boxClasses none
                maskClasses c
                anchorBase 24
                maxPixels 1048576
                """, NetworkSettings.small(List.of(), List.of("c"), 96));
    }

    @Test
    void balancesAndTeachersHaveThePublishedValues() {
        assertValues("method fixed\nmeasureEvery 0\nlearningRate 0\nalpha 0", BalanceSettings.none());
        assertValues("method uncertainty\nmeasureEvery 0\nlearningRate 1\nalpha 0", BalanceSettings.uncertainty());
        assertValues("method gradnorm\nmeasureEvery 5\nlearningRate 0.025\nalpha 1.5", BalanceSettings.gradNorm());
        assertValues("method pcgrad\nmeasureEvery 0\nlearningRate 0\nalpha 0", BalanceSettings.pcGrad());
        assertValues(
                "file f\nsha256 00\nimages all\noutputWeight 1\ntemperature 1\nfeatureWeight 1",
                TeacherSettings.of("f", "00"));
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
