package tandem.model.checkpoint;

/**
 * The loss scale of float16 training and what its next values depend on.
 *
 * @param scale the factor
 * @param good steps since it last changed
 * @param skipped steps skipped in all
 */
public record LossScaleState(double scale, int good, long skipped) {

    private static final double START = 65_536;
    private static final double MIN = 1;
    private static final double MAX = 16_777_216;
    private static final int PATIENCE = 2000;

    /** Before the first step. */
    public static final LossScaleState FIRST = new LossScaleState(START, 0, 0);

    /** Rejects what no run can reach. */
    public LossScaleState {
        if (!(scale >= MIN && scale <= MAX) || good < 0 || skipped < 0) {
            throw new IllegalArgumentException("a loss scale of " + scale + " with " + good + " good and " + skipped
                    + " skipped steps: expected a scale from " + MIN + " to " + MAX + " and no negative number");
        }
    }

    /** After a step with a finite gradient. */
    public LossScaleState afterGood() {
        return good + 1 < PATIENCE || scale * 2 > MAX
                ? new LossScaleState(scale, good + 1, skipped)
                : new LossScaleState(scale * 2, 0, skipped);
    }

    /** Whether a gradient that is not finite can be blamed on the scale. */
    public boolean canShrink() {
        return scale / 2 >= MIN;
    }

    /** After a step that was skipped. */
    public LossScaleState afterSkipped() {
        return new LossScaleState(scale / 2, 0, skipped + 1);
    }
}
