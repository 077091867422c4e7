package tandem.model.batch;

/**
 * Where in the data a run stands: all that a checkpoint must keep of it, since orders and augmentations are functions
 * of it.
 *
 * @param seed what the whole order follows from
 * @param epoch passes through the data completed, from 0
 * @param position images taken of the present pass
 */
public record SamplerState(long seed, int epoch, int position) {

    /** The very beginning. */
    public static SamplerState start(long seed) {
        return new SamplerState(seed, 0, 0);
    }
}
