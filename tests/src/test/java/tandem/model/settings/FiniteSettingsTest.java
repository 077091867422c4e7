package tandem.model.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tandem.model.declaration.SettingsRecord;
import tandem.model.network.NetworkSettings;

/** Every setting that is a number rejects NaN and infinity. */
class FiniteSettingsTest {

    private static final double[] WRONG = {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY};

    /** Replaces each floating-point component in turn; returns how many there are. */
    private static int check(Record settings) {
        int count = 0;
        for (Map.Entry<String, Object> entry : SettingsRecord.values(settings).entrySet()) {
            boolean single = entry.getValue() instanceof Float;
            if (single || entry.getValue() instanceof Double) {
                for (double wrong : WRONG) {
                    assertThrows(
                            IllegalArgumentException.class,
                            () -> SettingsRecord.with(
                                    settings,
                                    component -> !component.path().equals(entry.getKey())
                                            ? null
                                            : single ? (Object) (float) wrong : (Object) wrong),
                            entry.getKey() + " " + wrong);
                }
                count++;
            }
        }
        return count;
    }

    @Test
    void numbersThatAreNotFiniteAreRejected() {
        TeacherSettings teacher = TeacherSettings.of("f", "00");
        TrainingSettings standard = TrainingSettings.standard();
        int ofTeacher = check(teacher);
        int numbers = check(standard.withDistillation(DistillationSettings.outputs(teacher, teacher)));
        assertTrue(numbers >= 30, numbers + " numbers");
        for (BalanceSettings.Method method : BalanceSettings.Method.values()) {
            assertEquals(numbers - 2 * ofTeacher, check(standard.withBalance(BalanceSettings.of(method))));
        }
        assertTrue(check(NetworkSettings.small(List.of("a"), List.of("b"), 64)) >= 1);
        assertTrue(check(AugmentationSettings.standard()) >= 9);
        assertTrue(check(AugmentationSettings.none()) >= 9);
    }

    @Test
    void thresholdsOfClassesAreFinite() {
        for (double wrong : WRONG) {
            assertThrows(
                    IllegalArgumentException.class,
                    () -> Confidence.above(0.5f).withClasses(Map.of("a", (float) wrong)));
        }
    }
}
