package tandem.model.inference;

import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Whether a part passes, and which threshold decided. One object for each {@link Inspection}, which changes with it; it
 * is computed without allocation, as long as masks do not become larger.
 */
public final class Decision {

    /** What decided. */
    public enum Reason {
        /** Nothing reached a threshold: the part passes. */
        NONE,
        /** The score of the best box. */
        SCORE,
        /** The pixels of the largest region of the mask. */
        REGION
    }

    private final RegionSizes regions = new RegionSizes();
    private Reason reason = Reason.NONE;
    private double score;
    private double minScore;
    private int regionPixels;
    private double minRegionPixels;

    Decision() {}

    void decide(Inspection found, PartThresholds thresholds) {
        minScore = thresholds.boxes().isPresent() ? thresholds.boxes().get().threshold() : Double.POSITIVE_INFINITY;
        minRegionPixels =
                thresholds.masks().isPresent() ? thresholds.masks().get().threshold() : Double.POSITIVE_INFINITY;
        score = found.boxes() > 0 ? found.score(0) : 0;
        ByteBuffer mask = found.mask();
        regionPixels = mask != null && thresholds.masks().isPresent()
                ? regions.largest(mask, found.width(), found.height())
                : 0;
        reason = found.boxes() > 0 && score >= minScore
                ? Reason.SCORE
                : regionPixels > 0 && regionPixels >= minRegionPixels ? Reason.REGION : Reason.NONE;
    }

    /** Whether the part passes. */
    public boolean pass() {
        return reason == Reason.NONE;
    }

    /** What decided; the score where both reached their threshold. */
    public Reason reason() {
        return reason;
    }

    /** The score of the best box, 0 without one. */
    public double score() {
        return score;
    }

    /** The minimum score that rejects a part; infinite when boxes do not decide. */
    public double minScore() {
        return minScore;
    }

    /** Pixels of the largest 8-connected region of defect pixels, 0 without one, or when masks do not decide. */
    public int regionPixels() {
        return regionPixels;
    }

    /** The minimum number of pixels that rejects a part; infinite when masks do not decide. */
    public double minRegionPixels() {
        return minRegionPixels;
    }

    @Override
    public String toString() {
        return switch (reason) {
            case NONE -> "pass";
            case SCORE -> String.format(Locale.ROOT, "fail: a score of %.3f, the minimum is %.3f", score, minScore);
            case REGION ->
                String.format(
                        Locale.ROOT, "fail: a region of %d pixels, the minimum is %.0f", regionPixels, minRegionPixels);
        };
    }
}
