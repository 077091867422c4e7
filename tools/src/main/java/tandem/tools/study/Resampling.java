package tandem.tools.study;

import java.util.SplittableRandom;

/**
 * Bootstrap resampling: in each replicate the seeds and, independently, the held-out images are resampled with
 * replacement. All runs are measured on the same images, so the two factors are crossed, not nested. All strategies use
 * the same replicates, which pairs them by seed and by image (the pigeonhole bootstrap: Owen, Annals of Applied
 * Statistics 1(2), 2007, section 3).
 *
 * @param seeds (replicates, seeds) indices of the resampled seeds
 * @param weights (replicates, images) multiplicity of each image
 */
record Resampling(int[][] seeds, int[][] weights) {

    /** Resampling that depends only on the sizes. */
    static Resampling of(int replicates, int seeds, int images) {
        SplittableRandom random = new SplittableRandom(0x5EED);
        int[][] drawn = new int[replicates][seeds];
        int[][] weights = new int[replicates][images];
        for (int r = 0; r < replicates; r++) {
            for (int s = 0; s < seeds; s++) {
                drawn[r][s] = random.nextInt(seeds);
            }
            for (int i = 0; i < images; i++) {
                weights[r][random.nextInt(images)]++;
            }
        }
        return new Resampling(drawn, weights);
    }

    /** Number of replicates. */
    int replicates() {
        return seeds.length;
    }

    /**
     * The mean over the seeds of each replicate.
     *
     * @param values (seeds, replicates) the metric of each seed over the images of each replicate
     */
    double[] means(double[][] values) {
        double[] means = new double[replicates()];
        for (int r = 0; r < means.length; r++) {
            double sum = 0;
            for (int seed : seeds[r]) {
                sum += values[seed][r];
            }
            means[r] = sum / seeds[r].length;
        }
        return means;
    }
}
