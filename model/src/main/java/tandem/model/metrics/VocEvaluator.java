package tandem.model.metrics;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Average precision by the rules of the VOC challenge (Everingham et al., IJCV 2010, section 4.2): by decreasing score,
 * a detection is assigned to the true box of its class with the highest overlap. It is a true positive when that
 * overlap reaches the threshold and the box is not matched yet, ignored when the box is difficult, otherwise a false
 * positive. Images are matched when they are added, so they need not be stored.
 */
public final class VocEvaluator {

    private static final int WRONG = 0;
    private static final int RIGHT = 1;
    private static final int IGNORED = 2;

    private final double threshold;
    private final boolean inclusive;
    private final int[] truths;
    private final RankedMatches[] matches;

    /**
     * @param classes number of classes
     * @param threshold minimum intersection over union of a true positive, in (0, 1]
     * @param inclusive whether coordinates are inclusive pixel indices, as in VOC's own files
     *     ({@link BoxRegion#inclusiveIntersectionOverUnion})
     */
    public VocEvaluator(int classes, double threshold, boolean inclusive) {
        if (!(threshold > 0 && threshold <= 1)) {
            throw new IllegalArgumentException(
                    "IoU threshold " + threshold + ": expected a number above 0 and at most 1");
        }
        this.threshold = threshold;
        this.inclusive = inclusive;
        this.truths = new int[classes];
        this.matches = new RankedMatches[classes];
        Arrays.setAll(matches, i -> new RankedMatches(1));
    }

    /**
     * Adds one image.
     *
     * @param image its unique number; equal scores of different images are ranked by it
     * @throws IllegalArgumentException when a label is no class; nothing is counted then
     */
    public void add(long image, List<Detection> detections, List<TruthBox> truth) {
        truth.forEach(box -> requireClass(box.label()));
        detections.forEach(detection -> requireClass(detection.label()));
        for (TruthBox box : truth) {
            if (!box.difficult()) {
                truths[box.label()]++;
            }
        }
        int[] order = new int[detections.size()];
        Arrays.setAll(order, i -> i);
        order = Arrays.stream(order)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -detections.get(i).score()))
                .mapToInt(Integer::intValue)
                .toArray();
        boolean[] claimed = new boolean[truth.size()];
        for (int position : order) {
            Detection detection = detections.get(position);
            RankedMatches table = matches[detection.label()];
            int row = table.add(detection.score(), image, position);
            table.setFlags(row, 0, match(detection, truth, claimed));
        }
    }

    private int match(Detection detection, List<TruthBox> truth, boolean[] claimed) {
        int nearest = -1;
        double max = 0;
        for (int i = 0; i < truth.size(); i++) {
            if (truth.get(i).label() == detection.label()) {
                BoxRegion box = truth.get(i).box();
                double overlap = inclusive
                        ? detection.box().inclusiveIntersectionOverUnion(box)
                        : detection.box().intersectionOverUnion(box);
                if (overlap > max) {
                    max = overlap;
                    nearest = i;
                }
            }
        }
        if (nearest < 0 || max < threshold) {
            return WRONG;
        }
        if (truth.get(nearest).difficult()) {
            return IGNORED;
        }
        if (claimed[nearest]) {
            return WRONG;
        }
        claimed[nearest] = true;
        return RIGHT;
    }

    /** The curve of one class over all images added so far. */
    public PrecisionRecall curve(int label) {
        requireClass(label);
        RankedMatches table = matches[label];
        int[] ranking = Arrays.stream(table.ranking())
                .filter(row -> table.flags(row, 0) != IGNORED)
                .toArray();
        double[] scores = new double[ranking.length];
        int[] truePositives = new int[ranking.length];
        int found = 0;
        for (int i = 0; i < ranking.length; i++) {
            found += table.flags(ranking[i], 0) == RIGHT ? 1 : 0;
            scores[i] = table.score(ranking[i]);
            truePositives[i] = found;
        }
        return new PrecisionRecall(truths[label], scores, truePositives);
    }

    /**
     * Mean of {@link PrecisionRecall#allPointAveragePrecision} over the classes that have objects; NaN when none has.
     */
    public double allPointMean() {
        double[] values = new double[truths.length];
        Arrays.setAll(values, i -> curve(i).allPointAveragePrecision());
        return Means.ofPresent(values);
    }

    /**
     * Mean of {@link PrecisionRecall#elevenPointAveragePrecision} over the classes that have objects; NaN when none
     * has.
     */
    public double elevenPointMean() {
        double[] values = new double[truths.length];
        Arrays.setAll(values, i -> curve(i).elevenPointAveragePrecision());
        return Means.ofPresent(values);
    }

    private void requireClass(int label) {
        if (label >= truths.length) {
            throw new IllegalArgumentException("label " + label + " with " + truths.length + " classes");
        }
    }
}
