package tandem.model.batch;

/**
 * The position of a run in the data, as stored in checkpoints. Orders and augmentations are functions of it.
 *
 * @param seed seed of all orders
 * @param epoch passes through the data completed, from 0
 * @param position images used of the current pass
 */
public record SamplerState(long seed, int epoch, int position) {

    /** The beginning of a run. */
    public static SamplerState start(long seed) {
        return new SamplerState(seed, 0, 0);
    }
}
