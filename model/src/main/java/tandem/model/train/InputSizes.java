package tandem.model.train;

import java.util.List;
import java.util.SplittableRandom;
import tandem.model.image.PixelSize;

/**
 * The input size of each step: one of several, drawn for each step; the network's own size in the last fifth of the
 * steps.
 *
 * @param own the network's size
 * @param sizes the sizes to draw from; empty for the network's size in all steps
 * @param seed of the draws
 * @param steps number of steps of the run
 */
record InputSizes(PixelSize own, List<PixelSize> sizes, long seed, long steps) {

    private static final double LAST_PART = 0.2;

    /** The size of a step, counted from 0. */
    PixelSize at(long step) {
        if (sizes.isEmpty() || step >= (1 - LAST_PART) * steps) {
            return own;
        }
        return sizes.get(new SplittableRandom(seed * 0x9E3779B97F4A7C15L + step).nextInt(sizes.size()));
    }
}
