package tandem.model.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import tandem.model.checkpoint.ElapsedTime;

class TimeLimitTest {

    private long nanoseconds = 1;

    private TimeLimit started(double minutes) {
        TimeLimit time = new TimeLimit(minutes, () -> nanoseconds);
        time.start();
        return time;
    }

    private void pass(double seconds) {
        nanoseconds += Math.round(seconds * 1e9);
    }

    /** Steps of these lengths until the time is over; returns the last position of 100 steps. */
    private double run(TimeLimit time, double... stepSeconds) {
        double position = 0;
        for (long done = 0; !time.over(); done++) {
            position = time.position(done, 100);
            pass(stepSeconds[(int) Math.min(stepSeconds.length - 1, done)]);
            time.afterStep();
        }
        return position;
    }

    @Test
    void withoutLimitThePositionIsTheStep() {
        TimeLimit time = started(0);
        pass(1e6);
        time.afterStep();
        assertEquals(7, time.position(7, 100));
        assertFalse(time.over());
        assertNull(time.state());
    }

    @Test
    void aFastRunProceedsByItsSteps() {
        TimeLimit time = started(1);
        pass(10);
        assertEquals(50, time.position(50, 100));
    }

    @Test
    void aSlowRunProceedsByTheTimeAndEndsInside() {
        assertEquals(98.33, run(started(1), 1), 0.01);
        assertEquals(60, nanoseconds / 1e9, 1e-6);
    }

    /** After 10 fast steps the machine is seven times slower; the end is missed by less than such a step. */
    @Test
    void aRunThatSlowsDownEndsInside() {
        double[] seconds = new double[11];
        java.util.Arrays.fill(seconds, 0.5);
        seconds[10] = 3.5;
        double last = run(started(1), seconds);
        assertTrue(nanoseconds / 1e9 <= 60, nanoseconds + " ns");
        assertTrue(last > 85, "position " + last);
    }

    @Test
    void aResumedRunContinuesAtTheSamePosition() {
        TimeLimit time = started(2);
        pass(36.123456789);
        time.afterStep();
        ElapsedTime state = time.state();
        TimeLimit resumed = new TimeLimit(2, () -> nanoseconds);
        resumed.restore(state);
        pass(1000);
        resumed.start();
        assertEquals(1000 * state.seconds() / 120, resumed.position(5, 1000), 1e-9);
        assertEquals(state, resumed.state());
    }
}
