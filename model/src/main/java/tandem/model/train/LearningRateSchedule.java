package tandem.model.train;

/**
 * Learning rate of each step: linear from a tenth of the peak to the peak over the warm-up, then half a cosine down to
 * a tenth of the peak again.
 *
 * @param peak highest rate
 * @param warmup steps of warm-up, 0 for none
 * @param steps steps in all
 */
public record LearningRateSchedule(double peak, long warmup, long steps) {

    /** Rejects rates and lengths that make no schedule. */
    public LearningRateSchedule {
        if (!(peak > 0) || Double.isInfinite(peak)) {
            throw new IllegalArgumentException("the learning rate must be positive, not " + peak);
        }
        if (warmup < 0 || steps < 1) {
            throw new IllegalArgumentException(
                    "a schedule needs at least one step and no negative warm-up, not " + steps + " and " + warmup);
        }
    }

    /** The rate of step {@code step}, counted from 0; steps after the last have the last rate. */
    public double rate(long step) {
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
