package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LearningRateScheduleTest {

    /** multas-spec appendix A. */
    @ParameterizedTest
    @CsvSource({"0, .001", "250, .0055", "500, .01", "5250, .0055", "10000, .001", "20000, .001"})
    void publishedVector(long step, double expected) {
        assertEquals(expected, new LearningRateSchedule(0.01, 500, 10_000).at(step), 1e-12);
    }

    @Test
    void withoutWarmupItStartsAtThePeak() {
        assertEquals(0.02, new LearningRateSchedule(0.02, 0, 4).at(0), 1e-12);
        assertEquals(0.011, new LearningRateSchedule(0.02, 0, 4).at(2), 1e-12);
    }

    @ParameterizedTest
    @CsvSource({"0, .001", "500, .01", "5250, .00505", "10000, .0001", "20000, .0001", "5249.5, .00505081847"})
    void anotherEnd(double position, double expected) {
        assertEquals(expected, new LearningRateSchedule(0.01, 500, 10_000, 0.01).at(position), 1e-10);
    }

    @Test
    void itMayEndAtZero() {
        assertEquals(0, new LearningRateSchedule(0.01, 0, 10, 0).at(10));
    }

    /** Runs of earlier versions are resumed bit for bit. */
    @Test
    void aTenthOfThePeakIsRoundedAsADivision() {
        for (double peak : new double[] {0.01, 6e-4, 3e-4, 0.07, 1.1e-3}) {
            assertEquals(peak / 10, new LearningRateSchedule(peak, 0, 10).at(10));
        }
    }

    @Test
    void impossibleSchedulesAreRejected() {
        assertThrows(IllegalArgumentException.class, () -> new LearningRateSchedule(0, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new LearningRateSchedule(Double.NaN, 0, 1));
        assertThrows(IllegalArgumentException.class, () -> new LearningRateSchedule(1, -1, 1));
        assertThrows(IllegalArgumentException.class, () -> new LearningRateSchedule(1, 0, 0));
        assertThrows(IllegalArgumentException.class, () -> new LearningRateSchedule(1, 0, 1, 1.5));
    }
}
