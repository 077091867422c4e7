package tandem.model.train;

import java.util.function.LongSupplier;
import tandem.model.checkpoint.ElapsedTime;

/**
 * The time in which a run ends. It is the time between {@link #start} and now, and that of earlier parts of the run,
 * everything included that is done between steps.
 */
final class TimeLimit {

    private final double limit;
    private LongSupplier clock;
    private double earlier;
    private long began;
    private long stepBegan;
    private double slowest;

    /**
     * @param minutes 0 for no limit
     * @param clock nanoseconds
     */
    TimeLimit(double minutes, LongSupplier clock) {
        this.limit = minutes * 60;
        this.clock = clock;
    }

    TimeLimit(double minutes) {
        this(minutes, System::nanoTime);
    }

    /** Another clock, for tests. */
    void clock(LongSupplier nanoseconds) {
        clock = nanoseconds;
    }

    /** Continues after the time of a checkpoint; null for none. */
    void restore(ElapsedTime time) {
        earlier = time == null ? 0 : time.seconds();
    }

    /** The time for a checkpoint: the limit when the time is over; null without a limit. */
    ElapsedTime state() {
        return limit == 0 ? null : new ElapsedTime(over() ? limit : spent());
    }

    /** Before the first step. */
    void start() {
        began = clock.getAsLong();
        stepBegan = began;
    }

    /** After each step. */
    void afterStep() {
        long now = clock.getAsLong();
        slowest = Math.max(0.9 * slowest, (now - stepBegan) / 1e9);
        stepBegan = now;
    }

    private double spent() {
        return began == 0 ? earlier : earlier + (clock.getAsLong() - began) / 1e9;
    }

    /** Seconds that are left; infinite without a limit. */
    double left() {
        return limit == 0 ? Double.POSITIVE_INFINITY : Math.max(0, limit - spent());
    }

    /** Whether the next step would not end in time, by the slowest of the last steps. */
    boolean over() {
        return left() < slowest || left() == 0;
    }

    /**
     * The position in a schedule of {@code steps} steps: the number of steps done, or the elapsed share of the time
     * where that is more.
     */
    double position(long done, long steps) {
        return limit == 0 ? done : Math.min(steps, Math.max(done, steps * (1 - left() / limit)));
    }
}
