package tandem.model.weak;

/**
 * A factor that is 0 up to a step and then increases linearly to 1.
 *
 * @param start the last step with factor 0
 * @param length steps from there to factor 1; 0 for a constant factor of 1
 */
public record Ramp(long start, long length) {

    /** Rejects negative lengths. */
    public Ramp {
        if (start < 0 || length < 0) {
            throw new IllegalArgumentException(
                    "a ramp cannot start at step " + start + " and take " + length + " steps");
        }
    }

    /**
     * The ramp of a run.
     *
     * @param warmup steps of the learning rate's warm-up
     * @param steps steps in all
     * @param share of all steps over which it increases
     */
    public static Ramp of(long warmup, long steps, float share) {
        return share == 0 ? new Ramp(0, 0) : new Ramp(warmup, Math.max(1, Math.round(steps * (double) share)));
    }

    /** The factor of a step, counted from 0. */
    float at(long step) {
        return length == 0 ? 1 : (float) Math.max(0, Math.min(1, (step - start) / (double) length));
    }
}
