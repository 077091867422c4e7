package tandem.model.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * Average precision and recall by the rules of COCO (cocodataset.org, detection evaluation), for boxes or masks. Per
 * image and class, the 100 best detections are matched by decreasing score, each with the unmatched object of highest
 * overlap; ignored objects are considered last, and a crowd can be matched any number of times. A detection is ignored
 * when it is matched with an ignored object, or is unmatched and its own area is outside the area range. Images are
 * matched when they are added, so they need not be stored.
 */
public final class CocoEvaluator {

    /** Maximum number of detections per image and class. */
    private static final int MAX_DETECTIONS = 100;
    /** Each range of areas in square pixels, both ends included: all, small, medium, large. */
    private static final double[][] AREAS = {{0, 1e10}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e10}};
    /** 0.50 to 0.95 and 0 to 1, rounded like linspace in the reference implementation. */
    private static final double[] THRESHOLDS = new double[10];

    private static final double[] RECALLS = new double[101];

    static {
        Arrays.setAll(THRESHOLDS, i -> i == 9 ? 0.95 : 0.5 + i * ((0.95 - 0.5) / 9));
        Arrays.setAll(RECALLS, i -> i * 0.01);
    }

    /**
     * A predicted region.
     *
     * @param label class index from 0
     * @param score confidence; any finite number, higher means more confident
     * @param area determines whether it is small, medium or large
     */
    public record Prediction(int label, double score, Region region, double area) {

        /** @throws IllegalArgumentException when the label is negative or the score is not a finite number */
        public Prediction {
            if (label < 0) {
                throw new IllegalArgumentException("detection with the negative label " + label);
            }
            Scores.requireFinite(score);
        }

        /** A box; its area is the box's. */
        static Prediction of(Detection found) {
            return new Prediction(
                    found.label(), found.score(), found.box(), found.box().area());
        }
    }

    /**
     * An annotated region.
     *
     * @param label class index from 0
     * @param area determines whether it is small, medium or large: COCO's annotations contain the area of the mask
     * @param crowd a group of objects with one outline
     * @param ignored ignored in matching; a crowd always is
     */
    public record Truth(int label, Region region, double area, boolean crowd, boolean ignored) {

        /** A box; its area is the box's, and a difficult one is ignored. */
        static Truth of(TruthBox object) {
            return new Truth(object.label(), object.box(), object.box().area(), false, object.difficult());
        }
    }

    private final int classes;
    /**
     * Per class; a row's flags are, for each range of areas, the thresholds at which it was matched, then those at
     * which it is ignored.
     */
    private final RankedMatches[] matches;
    /** (classes, ranges of areas): number of objects that are not ignored. */
    private final int[][] truths;

    /** An evaluator for {@code classes} classes, without images. */
    public CocoEvaluator(int classes) {
        this.classes = classes;
        this.matches = new RankedMatches[classes];
        Arrays.setAll(matches, i -> new RankedMatches(2 * AREAS.length));
        this.truths = new int[classes][AREAS.length];
    }

    /**
     * Adds one image.
     *
     * @param image its id; ties in score between images are ranked by it
     * @throws IllegalArgumentException when a label is no class, or regions of one image differ in kind or size
     */
    public void add(long image, List<Prediction> predictions, List<Truth> truth) {
        List<List<Prediction>> predictionsOf = new ArrayList<>();
        List<List<Truth>> truthOf = new ArrayList<>();
        for (int label = 0; label < classes; label++) {
            predictionsOf.add(new ArrayList<>());
            truthOf.add(new ArrayList<>());
        }
        for (Prediction prediction : predictions) {
            predictionsOf.get(requireClass(prediction.label())).add(prediction);
        }
        for (Truth object : truth) {
            truthOf.get(requireClass(object.label())).add(object);
        }
        for (int label = 0; label < classes; label++) {
            if (!predictionsOf.get(label).isEmpty() || !truthOf.get(label).isEmpty()) {
                add(image, label, predictionsOf.get(label), truthOf.get(label));
            }
        }
    }

    private void add(long image, int label, List<Prediction> predictions, List<Truth> truth) {
        List<Prediction> best = predictions.stream()
                .sorted(Comparator.comparingDouble((Prediction prediction) -> prediction.score())
                        .reversed())
                .limit(MAX_DETECTIONS)
                .toList();
        double[][] overlaps = new double[best.size()][truth.size()];
        for (int d = 0; d < best.size(); d++) {
            for (int t = 0; t < truth.size(); t++) {
                overlaps[d][t] = best.get(d)
                        .region()
                        .overlap(truth.get(t).region(), truth.get(t).crowd());
            }
        }
        int[] rows = new int[best.size()];
        for (int d = 0; d < best.size(); d++) {
            rows[d] = matches[label].add(best.get(d).score(), image, d);
        }
        for (int range = 0; range < AREAS.length; range++) {
            match(label, range, best, truth, overlaps, rows);
        }
    }

    private void match(
            int label, int range, List<Prediction> best, List<Truth> truth, double[][] overlaps, int[] rows) {
        boolean[] ignored = new boolean[truth.size()];
        for (int t = 0; t < truth.size(); t++) {
            Truth object = truth.get(t);
            ignored[t] = object.crowd() || object.ignored() || outside(object.area(), range);
            truths[label][range] += ignored[t] ? 0 : 1;
        }
        for (int threshold = 0; threshold < THRESHOLDS.length; threshold++) {
            boolean[] taken = new boolean[truth.size()];
            for (int d = 0; d < best.size(); d++) {
                int object = choose(overlaps[d], truth, taken, ignored, THRESHOLDS[threshold]);
                int row = rows[d];
                if (object >= 0) {
                    taken[object] = true;
                    mark(label, row, 2 * range, threshold);
                }
                if (object >= 0 ? ignored[object] : outside(best.get(d).area(), range)) {
                    mark(label, row, 2 * range + 1, threshold);
                }
            }
        }
    }

    /**
     * The unmatched object of highest overlap, objects that are not ignored first, the last one of equals; -1 for none.
     */
    private static int choose(
            double[] overlap, List<Truth> truth, boolean[] taken, boolean[] ignored, double threshold) {
        for (boolean wantIgnored : new boolean[] {false, true}) {
            double max = threshold;
            int choice = -1;
            for (int t = 0; t < overlap.length; t++) {
                boolean free = !taken[t] || truth.get(t).crowd();
                if (ignored[t] == wantIgnored && free && overlap[t] >= max) {
                    max = overlap[t];
                    choice = t;
                }
            }
            if (choice >= 0) {
                return choice;
            }
        }
        return -1;
    }

    private void mark(int label, int row, int column, int threshold) {
        matches[label].setFlags(row, column, matches[label].flags(row, column) | 1 << threshold);
    }

    private static boolean outside(double area, int range) {
        return area < AREAS[range][0] || area > AREAS[range][1];
    }

    /** The twelve figures over all images added so far. */
    public CocoFigures figures() {
        double[][][] ap = new double[AREAS.length][THRESHOLDS.length][classes];
        double[][][] recall = new double[AREAS.length][3][classes];
        for (int label = 0; label < classes; label++) {
            int[] ranking = matches[label].ranking();
            for (int range = 0; range < AREAS.length; range++) {
                for (int threshold = 0; threshold < THRESHOLDS.length; threshold++) {
                    ap[range][threshold][label] =
                            Means.ofPresent(interpolatedPrecision(label, ranking, range, threshold));
                }
                recall[range][0][label] = meanRecall(label, range, 1);
                recall[range][1][label] = meanRecall(label, range, 10);
                recall[range][2][label] = meanRecall(label, range, MAX_DETECTIONS);
            }
        }
        return new CocoFigures(
                mean(ap[0]),
                Means.ofPresent(ap[0][0]),
                Means.ofPresent(ap[0][5]),
                mean(ap[1]),
                mean(ap[2]),
                mean(ap[3]),
                Means.ofPresent(recall[0][0]),
                Means.ofPresent(recall[0][1]),
                Means.ofPresent(recall[0][2]),
                Means.ofPresent(recall[1][2]),
                Means.ofPresent(recall[2][2]),
                Means.ofPresent(recall[3][2]));
    }

    /** Average precision of one class at thresholds 0.50 to 0.95, (10); all NaN when the class has no object. */
    public double[] averagePrecision(int label) {
        int[] ranking = matches[requireClass(label)].ranking();
        double[] values = new double[THRESHOLDS.length];
        Arrays.setAll(values, threshold -> Means.ofPresent(interpolatedPrecision(label, ranking, 0, threshold)));
        return values;
    }

    /**
     * Recall of one class with at most 100 detections per image, averaged over the thresholds; NaN when it has no
     * object.
     */
    public double averageRecall(int label) {
        return meanRecall(requireClass(label), 0, MAX_DETECTIONS);
    }

    /** Number of objects of one class, without crowds and ignored objects. */
    public int truths(int label) {
        return truths[requireClass(label)][0];
    }

    /** The matches of the detections of one class by decreasing score, for objects of all sizes. */
    ImageOutcome.ClassOutcome outcome(int label) {
        RankedMatches table = matches[requireClass(label)];
        int[] ranking = table.ranking();
        double[] scores = new double[ranking.length];
        int[] right = new int[ranking.length];
        int[] ignored = new int[ranking.length];
        for (int i = 0; i < ranking.length; i++) {
            scores[i] = table.score(ranking[i]);
            right[i] = table.flags(ranking[i], 0) & ~table.flags(ranking[i], 1);
            ignored[i] = table.flags(ranking[i], 1);
        }
        return new ImageOutcome.ClassOutcome(truths[label][0], scores, right, ignored);
    }

    /** Best precision at or above each of the 101 recalls; all NaN when there is no object. */
    private double[] interpolatedPrecision(int label, int[] ranking, int range, int threshold) {
        int objects = truths[label][range];
        double[] result = new double[RECALLS.length];
        if (objects == 0) {
            Arrays.fill(result, Double.NaN);
            return result;
        }
        RankedMatches table = matches[label];
        double[] precision = new double[ranking.length];
        double[] recall = new double[ranking.length];
        int right = 0;
        int counted = 0;
        for (int i = 0; i < ranking.length; i++) {
            if ((table.flags(ranking[i], 2 * range + 1) >> threshold & 1) == 0) {
                counted++;
                right += table.flags(ranking[i], 2 * range) >> threshold & 1;
            }
            precision[i] = counted == 0 ? 0 : (double) right / counted;
            recall[i] = (double) right / objects;
        }
        double best = 0;
        int i = ranking.length - 1;
        for (int r = RECALLS.length - 1; r >= 0; r--) {
            while (i >= 0 && recall[i] >= RECALLS[r]) {
                best = Math.max(best, precision[i]);
                i--;
            }
            result[r] = best;
        }
        return result;
    }

    private double meanRecall(int label, int range, int max) {
        int objects = truths[label][range];
        if (objects == 0) {
            return Double.NaN;
        }
        RankedMatches table = matches[label];
        long right = 0;
        for (int row = 0; row < table.size(); row++) {
            if (table.position(row) < max) {
                right += Integer.bitCount(table.flags(row, 2 * range) & ~table.flags(row, 2 * range + 1));
            }
        }
        return (double) right / objects / THRESHOLDS.length;
    }

    private static double mean(double[][] values) {
        return Means.ofPresent(
                Arrays.stream(values).flatMapToDouble(Arrays::stream).toArray());
    }

    private int requireClass(int label) {
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException("label " + label + " with " + classes + " classes");
        }
        return label;
    }
}
