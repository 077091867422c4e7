package tandem.model.metrics;

/** Checks of scores before they are ranked. */
final class Scores {

    private Scores() {}

    static void requireFinite(double score) {
        if (!Double.isFinite(score)) {
            throw new IllegalArgumentException("detection score is " + score
                    + ": a ranking needs finite scores; look for a non-finite output of the network");
        }
    }
}
