package tandem.model.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import tandem.engine.optimizer.MovingAverage;

class AverageSettingsTest {

    @Test
    void withoutAShareTheDecayIsTheConstantOne() {
        AverageSettings average = AverageSettings.of(0.99f, 200);
        for (long update : new long[] {1, 50, 10_000}) {
            assertEquals(MovingAverage.decay(update, 0.99f, 200), average.decay(update));
        }
    }

    /** The mean of 1, 2, ... n by this average is at 10/11 of n, whatever n is: the window is a tenth. */
    @Test
    void aShareCoversThatShareOfTheSteps() {
        AverageSettings average = AverageSettings.of(0.99f, 200).withShare(0.1f);
        double mean = 0;
        for (long update = 1; update <= 4000; update++) {
            double decay = average.decay(update);
            mean = decay * mean + (1 - decay) * update;
            if (update == 200 || update == 4000) {
                assertEquals(update * 10 / 11.0, mean, 1 + 0.001 * update);
            }
        }
        assertEquals(0, average.decay(1));
        assertEquals(0, average.decay(10), 1e-6);
    }
}
