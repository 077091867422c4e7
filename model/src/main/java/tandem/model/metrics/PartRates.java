package tandem.model.metrics;

import org.apache.commons.math3.distribution.GammaDistribution;

/**
 * What an inspection line would see at one threshold. A rate without examples is NaN.
 *
 * @param threshold minimum score of the detections that are counted; for masks minimum number of pixels of a region
 * @param parts number of annotated parts
 * @param goodParts number of parts without a defect
 * @param defects number of annotated defects
 * @param falseAlarms detections that overlap no annotated object, on all parts
 * @param rejectedGoodParts good parts with at least one detection
 * @param escapes defects that no detection overlaps
 * @param acceptedDefectiveParts parts with a defect and without any detection
 */
public record PartRates(
        double threshold,
        int parts,
        int goodParts,
        int defects,
        int falseAlarms,
        int rejectedGoodParts,
        int escapes,
        int acceptedDefectiveParts) {

    private static final double CONFIDENCE = 0.95;

    /** False alarms divided by parts. */
    public double falseAlarmsPerPart() {
        return rate(falseAlarms, parts);
    }

    /**
     * The upper end of the one-sided 95 % interval of the number of false alarms per part, for counts that follow a
     * Poisson distribution: the 0.95 quantile of the gamma distribution of shape {@code falseAlarms + 1}, divided by
     * the number of parts (Garwood, 1936). Without a false alarm it is 3.0 divided by the number of parts.
     */
    public double maxFalseAlarmsPerPart() {
        return parts == 0
                ? Double.NaN
                : new GammaDistribution(falseAlarms + 1, 1).inverseCumulativeProbability(CONFIDENCE) / parts;
    }

    /** Share of the good parts that are rejected. */
    public double rejectedGoodShare() {
        return rate(rejectedGoodParts, goodParts);
    }

    /** Share of the defects that are not found. */
    public double escapesPerDefect() {
        return rate(escapes, defects);
    }

    private static double rate(int count, int all) {
        return all == 0 ? Double.NaN : (double) count / all;
    }
}
