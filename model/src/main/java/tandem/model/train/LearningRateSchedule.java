package tandem.model.train;

import tandem.model.settings.ScheduleSettings;

/**
 * The learning rate of each step: linear warm-up from a tenth of the peak to the peak, then cosine decay to a share of
 * the peak.
 *
 * @param peak maximum learning rate
 * @param warmup steps of warm-up, 0 for none
 * @param steps total number of steps
 * @param finalShare learning rate of the end, as a share of the peak
 */
record LearningRateSchedule(double peak, long warmup, long steps, double finalShare) {

    /** The share of the peak at which the warm-up begins, and at which the published schedule ends. */
    private static final double TENTH = 0.1;

    /** Rejects invalid learning rates and lengths. */
    LearningRateSchedule {
        if (!(peak > 0) || Double.isInfinite(peak)) {
            throw new IllegalArgumentException("the learning rate must be positive, not " + peak);
        }
        if (warmup < 0 || steps < 1) {
            throw new IllegalArgumentException(
                    "a schedule needs at least one step and no negative warm-up, not " + steps + " and " + warmup);
        }
        if (!(finalShare >= 0 && finalShare <= 1)) {
            throw new IllegalArgumentException("the final share of the peak must be 0 to 1, not " + finalShare);
        }
    }

    /** The published schedule, which ends at a tenth of the peak. */
    LearningRateSchedule(double peak, long warmup, long steps) {
        this(peak, warmup, steps, TENTH);
    }

    /** The schedule of a run of so many steps. */
    static LearningRateSchedule of(ScheduleSettings settings, long steps) {
        return new LearningRateSchedule(
                settings.learningRate(), Math.min(settings.warmupSteps(), steps / 10), steps, settings.finalShare());
    }

    /**
     * The learning rate at a position of the run, in steps from 0. It is the number of a step, or lies beyond it where
     * the run is limited by time. The end has the learning rate of every later position.
     */
    double at(double position) {
        double start = share(TENTH);
        if (position < warmup) {
            return start + (peak - start) * position / warmup;
        }
        if (position >= steps) {
            return warmup >= steps ? peak : share(finalShare);
        }
        double end = share(finalShare);
        double done = (position - warmup) / (steps - warmup);
        return end + (peak - end) * 0.5 * (1 + Math.cos(Math.PI * done));
    }

    /** Rounded as the division by 10 of earlier versions, whose runs are resumed bit for bit. */
    private double share(double share) {
        return share == 0 ? 0 : peak / (1 / share);
    }
}
