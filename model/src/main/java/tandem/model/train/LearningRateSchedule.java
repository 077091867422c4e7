package tandem.model.train;

/**
 * The learning rate of each step: linear warm-up from a tenth of the peak to the peak, then cosine decay to a tenth of
 * the peak.
 *
 * @param peak maximum learning rate
 * @param warmup steps of warm-up, 0 for none
 * @param steps total number of steps
 */
record LearningRateSchedule(double peak, long warmup, long steps) {

    /** Rejects invalid learning rates and lengths. */
    LearningRateSchedule {
        if (!(peak > 0) || Double.isInfinite(peak)) {
            throw new IllegalArgumentException("the learning rate must be positive, not " + peak);
        }
        if (warmup < 0 || steps < 1) {
            throw new IllegalArgumentException(
                    "a schedule needs at least one step and no negative warm-up, not " + steps + " and " + warmup);
        }
    }

    /** The learning rate of step {@code step}, from 0; later steps have the learning rate of the last step. */
    double at(long step) {
        double start = peak / 10;
        if (step < warmup) {
            return start + (peak - start) * step / warmup;
        }
        if (step >= steps) {
            return warmup >= steps ? peak : start;
        }
        double done = (double) (step - warmup) / (steps - warmup);
        return start + (peak - start) * 0.5 * (1 + Math.cos(Math.PI * done));
    }
}
