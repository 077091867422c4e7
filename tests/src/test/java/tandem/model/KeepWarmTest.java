package tandem.model;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Blank frames while no frames come; times in the unit of the schedule. */
class KeepWarmTest {

    @Test
    void aBlankFrameRunsInAGapAndNotWhenTheNextFrameIsExpected() {
        KeepWarm.Schedule schedule = new KeepWarm.Schedule(10);
        assertFalse(schedule.isDue(1000, 0, 4), "before the first frame");
        schedule.frame(1000);
        assertFalse(schedule.isDue(1009, 0, 4));
        assertTrue(schedule.isDue(1010, 0, 4));
        assertFalse(schedule.isDue(1019, 1010, 4), "soon after another blank frame");
        assertTrue(schedule.isDue(1020, 1010, 4));
        schedule.frame(1100);
        assertTrue(schedule.isDue(1190, 1010, 4));
        assertFalse(schedule.isDue(1193, 1010, 4), "the next frame is expected at 1200");
        assertFalse(schedule.isDue(1250, 1010, 4), "it is late");
        assertTrue(schedule.isDue(1301, 1010, 4), "the line stands still");
    }

    @Test
    void framesFasterThanTheIntervalLeaveNoRoom() {
        KeepWarm.Schedule schedule = new KeepWarm.Schedule(10);
        for (int now = 0; now < 100; now += 5) {
            assertFalse(schedule.isDue(now, -1000, 4));
            schedule.frame(now);
        }
        assertTrue(schedule.isDue(95 + 16, -1000, 4));
    }

    @Test
    @Timeout(20)
    void itRunsInAThreadUntilItIsClosed() throws InterruptedException {
        CountDownLatch blanks = new CountDownLatch(3);
        try (KeepWarm warm = new KeepWarm(Duration.ofMillis(2), blanks::countDown)) {
            warm.frame(System.nanoTime());
            blanks.await();
        }
    }
}
